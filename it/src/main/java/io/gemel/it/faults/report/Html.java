package io.gemel.it.faults.report;

import java.util.Map;

/** A page in the making. What may come from outside goes through {@link #text} or an attribute's value, which are escaped. */
final class Html {
    private static final int CLIP_CHARS = 400;

    private final StringBuilder out = new StringBuilder();

    /** Adds markup of our own. */
    Html raw(String markup) {
        out.append(markup);
        return this;
    }

    /** Adds text, escaped. */
    Html text(String text) {
        return raw(escape(clip(text, CLIP_CHARS)));
    }

    /** Opens an element; {@code attributes} are names and values in turn. */
    Html open(String tag, String... attributes) {
        out.append('<').append(tag);
        for (int i = 0; i + 1 < attributes.length; i += 2) {
            out.append(' ')
                    .append(attributes[i])
                    .append("=\"")
                    .append(escape(attributes[i + 1]))
                    .append('"');
        }
        out.append('>');
        return this;
    }

    Html close(String tag) {
        return raw("</").raw(tag).raw(">");
    }

    /** A whole element with text in it. */
    Html element(String tag, String text, String... attributes) {
        return open(tag, attributes).text(text).close(tag);
    }

    /** The head of a table and the beginning of its body; end it with {@link #endTable}. */
    Html table(String styleClass, String... titles) {
        open("table", "class", styleClass).raw("<thead><tr>");
        for (String title : titles) {
            element("th", title, "scope", "col");
        }
        return raw("</tr></thead><tbody>\n");
    }

    Html row(String... cells) {
        raw("<tr>");
        for (String cell : cells) {
            element("td", cell);
        }
        return raw("</tr>\n");
    }

    Html endTable() {
        return raw("</tbody></table>\n");
    }

    /** Names with values, one after the other. */
    Html pairs(Map<String, String> pairs) {
        open("dl", "class", "pairs");
        pairs.forEach((name, value) ->
                raw("<div>").element("dt", name).element("dd", value).raw("</div>"));
        return close("dl");
    }

    /**
     * What shows {@code text} and nothing else wherever a document may have text or a quoted value. Controls are shown as
     * pictures; what would turn the direction of reading is replaced.
     */
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(visible(c));
            }
        }
        return escaped.toString();
    }

    /** The first characters of a long text, with a sign that there are more. */
    static String clip(String text, int maxChars) {
        return text.length() <= maxChars ? text : text.substring(0, maxChars - 1) + '…';
    }

    private static char visible(char c) {
        if (c < ' ') {
            return c == '\n' || c == '\t' ? c : (char) (0x2400 + c);
        }
        boolean turns = (c >= '\u202a' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069');
        return turns || c == '\u007f' ? '\ufffd' : c;
    }

    @Override
    public String toString() {
        return out.toString();
    }
}

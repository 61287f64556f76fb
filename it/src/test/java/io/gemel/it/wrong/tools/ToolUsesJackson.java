package io.gemel.it.wrong.tools;

import com.fasterxml.jackson.core.JsonParser;

/** Wrong: JSON of its own, beside the dialect whose limits apply. */
record ToolUsesJackson(JsonParser json) {}

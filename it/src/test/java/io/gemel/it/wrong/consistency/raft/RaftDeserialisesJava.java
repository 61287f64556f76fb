package io.gemel.it.wrong.consistency.raft;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;

/** Wrong: whoever sends the bytes chooses what is made of them. */
record RaftDeserialisesJava(InputStream bytes) {
    Object read() throws IOException, ClassNotFoundException {
        return new ObjectInputStream(bytes).readObject();
    }
}

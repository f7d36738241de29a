package peers;

import java.nio.file.Path;
import java.util.List;

/** One engine, driven by what its documentation says of its public interface and by nothing else. */
interface Peer {
    /** The policy is `policy.xml` in a folder with nothing else. */
    void load(Path folder) throws Exception;

    /** Requests in the engine's own form, so that {@link #decide} measures decisions and no parsing. */
    void prepare(List<String> requests) throws Exception;

    /** The decision on a prepared request: Permit, Deny, NotApplicable or Indeterminate. */
    String decide(int request) throws Exception;

    /** Request text in, response text out. */
    String answer(String request) throws Exception;

    /** Group and artefact, under which Maven notes the version. */
    String artefact();
}

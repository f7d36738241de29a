package peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.wso2.balana.PDP;
import org.wso2.balana.ctx.AbstractRequestCtx;
import org.wso2.balana.ctx.AbstractResult;
import org.wso2.balana.ctx.RequestCtxFactory;
import org.wso2.balana.finder.impl.FileBasedPolicyFinderModule;

/** WSO2 Balana as its default configuration has it: policies from a folder. */
final class Balana implements Peer {
    private final List<AbstractRequestCtx> requests = new ArrayList<>();
    private PDP pdp;

    @Override
    public void load(Path folder) {
        System.setProperty(FileBasedPolicyFinderModule.POLICY_DIR_PROPERTY, folder.toString());
        pdp = new PDP(org.wso2.balana.Balana.getInstance().getPdpConfig());
    }

    @Override
    public void prepare(List<String> texts) throws Exception {
        for (String text : texts) requests.add(RequestCtxFactory.getFactory().getRequestCtx(text));
    }

    @Override
    public String decide(int request) {
        AbstractResult result = (AbstractResult) pdp.evaluate(requests.get(request)).getResults().iterator().next();
        return switch (result.getDecision()) {
            case AbstractResult.DECISION_PERMIT -> "Permit";
            case AbstractResult.DECISION_DENY -> "Deny";
            case AbstractResult.DECISION_NOT_APPLICABLE -> "NotApplicable";
            default -> "Indeterminate";
        };
    }

    @Override
    public String answer(String request) {
        return pdp.evaluate(request);
    }

    @Override
    public String artefact() {
        return "org.wso2.balana/org.wso2.balana";
    }
}

package peers;

import jakarta.xml.bind.JAXBException;
import jakarta.xml.bind.Marshaller;
import jakarta.xml.bind.Unmarshaller;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import oasis.names.tc.xacml._3_0.core.schema.wd_17.Attribute;
import oasis.names.tc.xacml._3_0.core.schema.wd_17.AttributeValueType;
import oasis.names.tc.xacml._3_0.core.schema.wd_17.Attributes;
import oasis.names.tc.xacml._3_0.core.schema.wd_17.Request;
import oasis.names.tc.xacml._3_0.core.schema.wd_17.Response;
import org.ow2.authzforce.core.pdp.api.AttributeFqns;
import org.ow2.authzforce.core.pdp.api.DecisionRequest;
import org.ow2.authzforce.core.pdp.api.DecisionRequestBuilder;
import org.ow2.authzforce.core.pdp.api.io.PdpEngineInoutAdapter;
import org.ow2.authzforce.core.pdp.api.value.AttributeBag;
import org.ow2.authzforce.core.pdp.api.value.Bags;
import org.ow2.authzforce.core.pdp.api.value.IntegerValue;
import org.ow2.authzforce.core.pdp.api.value.StandardDatatypes;
import org.ow2.authzforce.core.pdp.api.value.StringValue;
import org.ow2.authzforce.core.pdp.impl.BasePdpEngine;
import org.ow2.authzforce.core.pdp.impl.PdpEngineConfiguration;
import org.ow2.authzforce.core.pdp.impl.io.PdpEngineAdapters;
import org.ow2.authzforce.xacml.Xacml3JaxbHelper;

/** AuthzForce CE: its native interface, which it calls the most efficient, and its XML one. No decision cache. */
final class AuthzForce implements Peer {
    private static final String CONFIGURATION = """
        <pdp xmlns="http://authzforce.github.io/core/xmlns/pdp/8" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
             version="8.1">
          <policyProvider id="policies" xsi:type="StaticPolicyProvider">
            <policyLocation>%s</policyLocation>
          </policyProvider>
        </pdp>
        """;

    private final List<DecisionRequest> requests = new ArrayList<>();
    private final Unmarshaller reader;
    private final Marshaller writer;
    private BasePdpEngine pdp;
    private PdpEngineInoutAdapter<Request, Response> throughXml;

    AuthzForce() throws JAXBException {
        reader = Xacml3JaxbHelper.createXacml3Unmarshaller();
        writer = Xacml3JaxbHelper.createXacml3Marshaller();
    }

    @Override
    public void load(Path folder) throws Exception {
        Path file = Files.createTempFile("pdp", ".xml");
        try {
            Files.writeString(file, CONFIGURATION.formatted(folder.resolve("policy.xml").toUri()));
            PdpEngineConfiguration configuration = PdpEngineConfiguration.getInstance(file.toUri().toString());
            pdp = new BasePdpEngine(configuration);
            throughXml = PdpEngineAdapters.newXacmlJaxbInoutAdapter(configuration);
        } finally {
            Files.delete(file);
        }
    }

    @Override
    public void prepare(List<String> texts) throws Exception {
        for (String text : texts) {
            DecisionRequestBuilder<?> builder = pdp.newRequestBuilder(-1, -1);
            for (Attributes category : read(text).getAttributes()) {
                for (Attribute attribute : category.getAttributes()) {
                    builder.putNamedAttributeIfAbsent(
                        AttributeFqns.newInstance(category.getCategory(), Optional.empty(), attribute.getAttributeId()),
                        bagOf(attribute.getAttributeValues()));
                }
            }
            requests.add(builder.build(false));
        }
    }

    /** The requests here hold strings and integers. */
    private static AttributeBag<?> bagOf(List<AttributeValueType> values) {
        List<String> texts = values.stream().map(value -> (String) value.getContent().get(0)).toList();
        return values.get(0).getDataType().endsWith("#integer")
            ? Bags.newAttributeBag(
                StandardDatatypes.INTEGER, texts.stream().map(text -> IntegerValue.valueOf(Long.parseLong(text))).toList())
            : Bags.newAttributeBag(StandardDatatypes.STRING, texts.stream().map(StringValue::new).toList());
    }

    @Override
    public String decide(int request) {
        return pdp.evaluate(requests.get(request)).getDecision().value();
    }

    @Override
    public String answer(String request) throws Exception {
        StringWriter text = new StringWriter();
        writer.marshal(throughXml.evaluate(read(request)), text);
        return text.toString();
    }

    private Request read(String text) throws JAXBException {
        return (Request) reader.unmarshal(new StringReader(text));
    }

    @Override
    public String artefact() {
        return "org.ow2.authzforce/authzforce-ce-core-pdp-engine";
    }
}

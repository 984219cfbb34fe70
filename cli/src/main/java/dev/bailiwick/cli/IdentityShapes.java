package dev.bailiwick.cli;

import dev.bailiwick.schema.SessionId;
import dev.bailiwick.schema.gen.AccessResult;
import dev.bailiwick.schema.gen.ActingResult;
import dev.bailiwick.schema.gen.AdjustResult;
import dev.bailiwick.schema.gen.ConnectResult;
import dev.bailiwick.schema.gen.ConnectionInfo;
import dev.bailiwick.schema.gen.ExchangeResult;
import dev.bailiwick.schema.gen.Flow;
import dev.bailiwick.schema.gen.FlowResult;
import dev.bailiwick.schema.gen.FlowsResult;
import dev.bailiwick.schema.gen.SecuredResult;
import dev.bailiwick.schema.gen.ServiceCommandResult;
import dev.bailiwick.schema.gen.ServiceLine;
import dev.bailiwick.schema.gen.ServiceResult;
import dev.bailiwick.schema.gen.ServiceState;
import dev.bailiwick.schema.gen.Token;
import dev.bailiwick.schema.gen.TokenGroup;
import dev.bailiwick.schema.gen.TokenPrivilege;

/** The shapes of identity.capnp as JSON, field names as in the schema. */
final class IdentityShapes {
    private IdentityShapes() {}

    static Json.Obj token(Token.Reader token) {
        return Json.object()
                .with("user", token.getUser().toString())
                .with("userName", token.getUserName().toString())
                .with("groups", Shapes.list(token.getGroups(), IdentityShapes::group))
                .with("privileges", Shapes.list(token.getPrivileges(), IdentityShapes::privilege))
                .with("type", Texts.enumName(token.getType()))
                .with("level", Texts.enumName(token.getLevel()))
                .with("integrity", token.getIntegrity().toString())
                .with("tokenId", token.getTokenId())
                .with("modifiedId", token.getModifiedId())
                .with("logonSession", token.getLogonSession())
                .with("logonType", token.getLogonType().toString())
                .with("source", token.getSource().toString())
                .with("claims", Shapes.attributes(token.getClaims()));
    }

    private static Json.Obj group(TokenGroup.Reader group) {
        return Json.object()
                .with("sid", group.getSid().toString())
                .with("name", group.getName().toString())
                .with("attributes", Shapes.unsigned(group.getAttributes()));
    }

    private static Json.Obj privilege(TokenPrivilege.Reader privilege) {
        return Json.object()
                .with("name", privilege.getName().toString())
                .with("present", privilege.getPresent())
                .with("enabled", privilege.getEnabled())
                .with("enabledByDefault", privilege.getEnabledByDefault())
                .with("used", privilege.getUsed());
    }

    static Json.Obj flow(Flow.Reader flow) {
        return Json.object()
                .with("id", flow.getId())
                .with("description", flow.getDescription().toString())
                .with("impersonating", flow.getImpersonating())
                .with("token", flow.hasToken() ? token(flow.getToken()) : new Json.Null())
                .with("primary", flow.hasPrimary() ? token(flow.getPrimary()) : new Json.Null())
                .with("decidesAs", flow.getDecidesAs().toString())
                .with("decidesAsName", flow.getDecidesAsName().toString());
    }

    static Json.Obj flow(FlowResult.Reader result) {
        return switch (result.which()) {
            case FLOW -> flow(result.getFlow());
            case DENIED -> throw Shapes.failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw Shapes.unknownAnswer();
        };
    }

    static Json.Arr flows(FlowsResult.Reader result) {
        return switch (result.which()) {
            case FLOWS -> Shapes.list(result.getFlows(), IdentityShapes::flow);
            case DENIED -> throw Shapes.failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw Shapes.unknownAnswer();
        };
    }

    static Json.Arr adjusted(AdjustResult.Reader result) {
        return switch (result.which()) {
            case ADJUSTED -> Shapes.list(result.getAdjusted(), IdentityShapes::privilege);
            case DENIED -> throw Shapes.failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw Shapes.unknownAnswer();
        };
    }

    static Json.Obj service(ServiceLine.Reader line) {
        return Json.object()
                .with("name", line.getName().toString())
                .with("sid", line.getSid().toString())
                .with("listening", line.getListening());
    }

    static Json.Obj connection(ConnectionInfo.Reader info) {
        return Json.object()
                .with("id", info.getId())
                .with("service", info.getService().toString())
                .with("level", Texts.enumName(info.getLevel()));
    }

    static Json.Obj connected(ConnectResult.Reader result) {
        return switch (result.which()) {
            case CONNECTED -> connection(result.getConnected());
            case DENIED -> throw Shapes.failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw Shapes.unknownAnswer();
        };
    }

    static byte[] answer(ExchangeResult.Reader result) {
        return switch (result.which()) {
            case BODY -> result.getBody().toArray();
            case DENIED -> throw Shapes.failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw Shapes.unknownAnswer();
        };
    }

    static Json.Obj access(AccessResult.Reader result) {
        return switch (result.which()) {
            case EXPLANATION ->
                Json.object()
                        .with("granted", result.getExplanation().getGranted())
                        .with("steps", Texts.list(result.getExplanation().getSteps()))
                        .with(
                                "descriptor",
                                result.getExplanation().getDescriptor().toString());
            case DENIED -> throw Shapes.failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw Shapes.unknownAnswer();
        };
    }

    static Json.Obj state(ServiceState.Reader state) {
        boolean running = state.getRunning();
        return Json.object()
                .with("account", Shapes.account(state.getAccount()))
                .with("sid", state.getSid().toString())
                .with("running", running)
                .with("sessionId", running ? Texts.id(state.getSessionId(), SessionId::of) : "")
                .with("pid", Shapes.unsigned(state.getPid()))
                .with("startedAtMs", state.getStartedAtMs())
                .with("recordVersion", state.getRecordVersion())
                .with("listening", state.getListening())
                .with("connections", Shapes.unsigned(state.getConnections()))
                .with("token", running ? token(state.getToken()) : new Json.Null())
                .with("lastEnd", state.getLastEnd().toString());
    }

    static Json.Obj state(ServiceResult.Reader result) {
        return switch (result.which()) {
            case SERVICE -> state(result.getService());
            case DENIED -> throw Shapes.failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw Shapes.unknownAnswer();
        };
    }

    static Json.Obj command(ServiceCommandResult.Reader result) {
        return switch (result.which()) {
            case EXITED ->
                Json.object()
                        .with("code", Shapes.unsigned(result.getExited().getCode()))
                        .with("output", result.getExited().getOutput().toString());
            case DENIED -> throw Shapes.failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw Shapes.unknownAnswer();
        };
    }

    static void requireActing(ActingResult.Reader result) {
        switch (result.which()) {
            case IMPERSONATING -> {}
            case DENIED -> throw Shapes.failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw Shapes.unknownAnswer();
        }
    }

    static void requireOpened(SecuredResult.Reader result) {
        switch (result.which()) {
            case OPENED -> {}
            case DENIED -> throw Shapes.failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw Shapes.unknownAnswer();
        }
    }
}

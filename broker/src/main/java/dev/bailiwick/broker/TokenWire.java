package dev.bailiwick.broker;

import dev.bailiwick.identity.Claim;
import dev.bailiwick.identity.Group;
import dev.bailiwick.identity.ImpersonationLevel;
import dev.bailiwick.identity.Privilege;
import dev.bailiwick.identity.PrivilegeSet;
import dev.bailiwick.identity.Privileges;
import dev.bailiwick.identity.Sid;
import dev.bailiwick.identity.TokenType;
import dev.bailiwick.schema.gen.Attribute;
import dev.bailiwick.schema.gen.Flow;
import dev.bailiwick.schema.gen.Token;
import dev.bailiwick.schema.gen.TokenGroup;
import dev.bailiwick.schema.gen.TokenPrivilege;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.capnproto.StructList;

/** Writes tokens into messages. */
final class TokenWire {
    private TokenWire() {}

    static dev.bailiwick.schema.gen.ImpersonationLevel level(ImpersonationLevel level) {
        return dev.bailiwick.schema.gen.ImpersonationLevel.valueOf(level.name());
    }

    /** @param nameOf what people call a SID; empty for none */
    static void token(Token.Builder wire, dev.bailiwick.identity.Token token, Function<Sid, String> nameOf) {
        wire.setUser(token.user().toString());
        wire.setUserName(nameOf.apply(token.user()));
        List<Group> groups = token.groups();
        StructList.Builder<TokenGroup.Builder> list = wire.initGroups(groups.size());
        for (int i = 0; i < groups.size(); i++) {
            TokenGroup.Builder group = list.get(i);
            group.setSid(groups.get(i).sid().toString());
            group.setName(nameOf.apply(groups.get(i).sid()));
            group.setAttributes(groups.get(i).attributes());
        }
        List<Privilege> privileges = known(token.privileges());
        privileges(wire.initPrivileges(privileges.size()), privileges, token.privileges());
        wire.setType(
                token.type() == TokenType.PRIMARY
                        ? dev.bailiwick.schema.gen.TokenType.PRIMARY
                        : dev.bailiwick.schema.gen.TokenType.IMPERSONATION);
        wire.setLevel(level(token.level()));
        wire.setIntegrity(token.integrity().text());
        wire.setTokenId(token.id().value());
        wire.setModifiedId(token.revision());
        wire.setLogonSession(token.session().id());
        wire.setLogonType(token.session().type().text());
        wire.setSource(token.source().name());
        List<Claim> claims = token.claims();
        StructList.Builder<Attribute.Builder> written = wire.initClaims(claims.size());
        for (int i = 0; i < claims.size(); i++) {
            written.get(i).setName(claims.get(i).name());
            written.get(i)
                    .setValue(
                            claims.get(i).values().stream().map(TokenWire::text).collect(Collectors.joining(", ")));
        }
    }

    private static String text(Claim.Value value) {
        return switch (value) {
            case Claim.Value.Text(String text) -> text;
            case Claim.Value.Whole(long number) -> Long.toString(number);
            case Claim.Value.Flag(boolean set) -> Boolean.toString(set);
            case Claim.Value.OfSid(Sid sid) -> sid.toString();
        };
    }

    /** Those that one of the masks names, in the order of their bits. */
    private static List<Privilege> known(Privileges privileges) {
        PrivilegeSet named = privileges.present().or(privileges.used());
        return named.toList();
    }

    static void privileges(
            StructList.Builder<TokenPrivilege.Builder> list, List<Privilege> which, Privileges privileges) {
        for (int i = 0; i < which.size(); i++) {
            Privilege privilege = which.get(i);
            TokenPrivilege.Builder wire = list.get(i);
            wire.setName(privilege.text());
            wire.setPresent(privileges.present().has(privilege));
            wire.setEnabled(privileges.enabled().has(privilege));
            wire.setEnabledByDefault(privileges.enabledByDefault().has(privilege));
            wire.setUsed(privileges.used().has(privilege));
        }
    }

    static void flow(Flow.Builder wire, Flows.Entry entry, Function<Sid, String> nameOf) {
        dev.bailiwick.identity.Token effective = entry.flow().effective().token();
        wire.setId(entry.id());
        wire.setDescription(entry.description());
        wire.setImpersonating(entry.flow().impersonation().isPresent());
        token(wire.initToken(), effective, nameOf);
        token(wire.initPrimary(), entry.flow().primary().token(), nameOf);
        decides(wire, effective, nameOf);
    }

    /** As much of a client as its token says: a flow that is not the reader's own. */
    static void client(Flow.Builder wire, dev.bailiwick.identity.Token client, Function<Sid, String> nameOf) {
        wire.setDescription("client");
        wire.setImpersonating(true);
        token(wire.initToken(), client, nameOf);
        decides(wire, client, nameOf);
    }

    private static void decides(
            Flow.Builder wire, dev.bailiwick.identity.Token effective, Function<Sid, String> nameOf) {
        Sid sid = effective.judged().user();
        wire.setDecidesAs(sid.toString());
        wire.setDecidesAsName(nameOf.apply(sid));
    }
}

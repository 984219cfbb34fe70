package dev.bailiwick.identity;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out who an identity is: the well-known principals LocalService and NetworkService first, then each source in order, until one knows the
 * name (seed 004). Fail closed: a source that cannot say, or that throws, ends the search, because a later one could claim a name that is not
 * its own; and an answer with one SID outside of its source's domain is refused whole.
 *
 * <p>As thread-safe as its sources.
 */
public final class IdentityRouter {
    static final String WELL_KNOWN = "well-known";
    private static final Sid NT_DOMAINS = Sid.of(5, 21);

    private final List<IdentitySource> sources;

    /**
     * Over those sources, which are asked in that order.
     *
     * @throws SourcesRefusedException if there are more than {@value Limits#SOURCES}; if two domains overlap; or if a domain reaches into SIDs
     *     that no source may assert, as those of services, logon sessions, integrity levels and well-known groups are
     */
    public IdentityRouter(List<IdentitySource> sources) {
        this.sources = List.copyOf(sources);
        if (this.sources.size() > Limits.SOURCES) {
            throw new SourcesRefusedException(
                    "there are at most " + Limits.SOURCES + " identity sources, not " + this.sources.size());
        }
        for (int at = 0; at < this.sources.size(); at++) {
            requireOwnDomain(this.sources.get(at));
            for (int earlier = 0; earlier < at; earlier++) {
                requireApart(this.sources.get(earlier), this.sources.get(at));
            }
        }
    }

    private static void requireOwnDomain(IdentitySource source) {
        Sid domain = source.domain();
        if (domain.authority() == 5 && !domain.isWithin(NT_DOMAINS)) {
            throw new SourcesRefusedException("the source \"" + source.name() + "\" cannot have the domain " + domain
                    + "; below S-1-5 a domain starts with S-1-5-21 and has words of its own");
        }
        for (WellKnownSid known : WellKnownSid.values()) {
            if (known.sid().authority() == domain.authority() && domain.authority() != 5) {
                throw new SourcesRefusedException("the source \"" + source.name() + "\" cannot have the domain "
                        + domain + "; its authority is that of " + known.text());
            }
        }
    }

    private static void requireApart(IdentitySource one, IdentitySource other) {
        if (one.domain().equals(other.domain())
                || one.domain().isWithin(other.domain())
                || other.domain().isWithin(one.domain())) {
            throw new SourcesRefusedException("the sources \"" + one.name() + "\" and \"" + other.name()
                    + "\" overlap: " + one.domain() + " and " + other.domain());
        }
    }

    /** Who that is. The identity is compared and sent on as it is. */
    public RouteResult route(String identity) {
        Optional<Sid> known = wellKnown(identity);
        if (known.isPresent()) {
            return new RouteResult.Routed(known.get(), List.of(), WELL_KNOWN);
        }
        for (IdentitySource source : sources) {
            switch (ask(source, identity)) {
                case IdentityAnswer.Asserted asserted -> {
                    return judge(source, asserted);
                }
                case IdentityAnswer.Unavailable(String why) -> {
                    return new Refused(
                            RefusalCode.IDENTITY_UNAVAILABLE,
                            "the identity source \"" + source.name() + "\" cannot say who \"" + identity + "\" is: "
                                    + why,
                            "try again when it answers");
                }
                case IdentityAnswer.Unknown _ -> {}
            }
        }
        return new Refused(
                RefusalCode.UNKNOWN_IDENTITY,
                "nobody knows the identity \"" + identity + "\"",
                "it is compared exactly: check case and spaces; SYSTEM, LocalService and NetworkService are always known");
    }

    private static Optional<Sid> wellKnown(String identity) {
        return switch (identity) {
            case "LocalService" -> Optional.of(WellKnownSid.LOCAL_SERVICE.sid());
            case "NetworkService" -> Optional.of(WellKnownSid.NETWORK_SERVICE.sid());
            // Any other text is for the sources.
            default -> Optional.empty();
        };
    }

    private static IdentityAnswer ask(IdentitySource source, String identity) {
        try {
            return source.ask(identity);
        } catch (RuntimeException failed) {
            // An error in a decision is a denial.
            return new IdentityAnswer.Unavailable("it failed");
        }
    }

    private static RouteResult judge(IdentitySource source, IdentityAnswer.Asserted asserted) {
        if (asserted.groups().size() > Limits.ASSERTED_GROUPS) {
            return new Refused(
                    RefusalCode.LIMIT_EXCEEDED,
                    "the identity source \"" + source.name() + "\" asserts "
                            + asserted.groups().size() + " groups; it may assert " + Limits.ASSERTED_GROUPS,
                    "");
        }
        Set<Sid> seen = new HashSet<>();
        if (outside(source, asserted.user())) {
            return refuse(source, asserted.user());
        }
        seen.add(asserted.user());
        for (Sid group : asserted.groups()) {
            if (outside(source, group)) {
                return refuse(source, group);
            }
            if (!seen.add(group)) {
                return new Refused(
                        RefusalCode.DUPLICATE_ENTRY,
                        "the identity source \"" + source.name() + "\" asserts " + group + " twice",
                        "");
            }
        }
        return new RouteResult.Routed(asserted.user(), asserted.groups(), source.name());
    }

    private static boolean outside(IdentitySource source, Sid sid) {
        return !sid.isWithin(source.domain());
    }

    private static Refused refuse(IdentitySource source, Sid sid) {
        return new Refused(
                RefusalCode.OUTSIDE_DOMAIN,
                "the identity source \"" + source.name() + "\" asserts " + sid + ", which is not below its domain "
                        + source.domain(),
                "correct the source's configuration, or do not trust it");
    }
}

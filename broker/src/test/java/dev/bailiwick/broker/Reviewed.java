package dev.bailiwick.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.Attribution;
import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.ApprovalId;
import dev.bailiwick.schema.InvalidNameException;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.gen.ApprovalRequest;
import dev.bailiwick.schema.gen.RequestResult;
import dev.bailiwick.schema.gen.SessionBundle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A world in which people ask for leases and others decide: {@code world.person("paula", "policy-admin")}. */
final class Reviewed implements AutoCloseable {
    static final Attribution DAEMON = Attribution.of(new Actor.Daemon());
    private static final Map<String, Integer> UIDS =
            Map.of("paula", 2001, "peter", 2002, "stella", 2003, "alice", 2004);

    final World world = World.seeded();
    final Holder operator = world.operator();

    /** Somebody with the operators' profile, an ordinary role and those, logged in with a password. */
    Holder person(String name, String... roles) {
        world.enroll(uid(name), name, operator.create(name), World.PASSWORD).logout();
        RecordId record = record(name);
        var policy = world.store.policy().profileByName("operator").orElseThrow();
        assertThat(world.store
                        .accountManager()
                        .setProfiles(
                                record,
                                Optional.empty(),
                                Optional.of(ProfileRef.following(
                                        policy.content().profile().profileId())),
                                0,
                                DAEMON))
                .isInstanceOf(CommitResult.Committed.class);
        for (String role : roles) {
            bind(name, role);
        }
        return login(name);
    }

    void bind(String name, String role) {
        assertThat(world.store.accountManager().addRole(record(name), role, Optional.empty(), 0, DAEMON))
                .isInstanceOf(CommitResult.Committed.class);
    }

    void unbind(String name, String role) {
        assertThat(world.store.accountManager().removeRole(record(name), role, 0, DAEMON))
                .isInstanceOf(CommitResult.Committed.class);
    }

    static int uid(String name) {
        return UIDS.getOrDefault(name, World.OPERATOR_UID);
    }

    Holder login(String name) {
        return world.login(uid(name), name, World.PASSWORD);
    }

    /** The session as it is taken up again: with what it holds now. */
    Holder again(String name, Holder before) {
        return world.resume(uid(name), before.reference());
    }

    RecordId record(String name) {
        try {
            return world.store
                    .accounts()
                    .byName(AccountName.parse(name).key())
                    .orElseThrow()
                    .recordId();
        } catch (InvalidNameException e) {
            throw new AssertionError(e);
        }
    }

    // ---- asking and deciding ----

    /** The request's id, or the denial's code. */
    static String ask(Holder holder, String fragment, Duration duration) {
        return ask(holder, fragment, "because", duration);
    }

    static String ask(Holder holder, String fragment, String reason, Duration duration) {
        var request = holder.hold(SessionBundle.Reader::getApproval).requestRequest();
        request.params().setFragment(fragment);
        request.params().setReason(reason);
        request.params().setDurationMs(duration.toMillis());
        try (var response = request.send().join()) {
            RequestResult.Reader result = response.get().getResult();
            return result.isRequest()
                    ? ApprovalId.of(result.getRequest().getRequestId().toArray())
                            .toString()
                    : Holder.code(result.getDenied());
        }
    }

    static String renew(Holder holder, String id, Duration duration) {
        var request = holder.hold(SessionBundle.Reader::getApproval).renewRequest();
        request.params().setRequestId(ApprovalId.parse(id).toBytes());
        request.params().setDurationMs(duration.toMillis());
        try (var response = request.send().join()) {
            return state(response.get().getResult());
        }
    }

    static String giveBack(Holder holder, String id) {
        var request = holder.hold(SessionBundle.Reader::getApproval).giveBackRequest();
        request.params().setRequestId(ApprovalId.parse(id).toBytes());
        try (var response = request.send().join()) {
            return state(response.get().getResult());
        }
    }

    static String grant(Holder reviewer, String id) {
        return grant(reviewer, id, Duration.ZERO);
    }

    /** {@code GRANTED}, or the denial's code. */
    static String grant(Holder reviewer, String id, Duration duration) {
        var request = reviewer.hold(SessionBundle.Reader::getApprovalReviewer).grantRequest();
        request.params().setRequestId(ApprovalId.parse(id).toBytes());
        request.params().setDurationMs(duration.toMillis());
        try (var response = request.send().join()) {
            return state(response.get().getResult());
        }
    }

    static String deny(Holder reviewer, String id) {
        var request = reviewer.hold(SessionBundle.Reader::getApprovalReviewer).denyRequest();
        request.params().setRequestId(ApprovalId.parse(id).toBytes());
        request.params().setReason("not today");
        try (var response = request.send().join()) {
            return state(response.get().getResult());
        }
    }

    static String cut(Holder reviewer, String id) {
        var request = reviewer.hold(SessionBundle.Reader::getApprovalReviewer).cutRequest();
        request.params().setRequestId(ApprovalId.parse(id).toBytes());
        request.params().setReason("enough");
        try (var response = request.send().join()) {
            return state(response.get().getResult());
        }
    }

    static List<String> own(Holder holder) {
        var request = holder.hold(SessionBundle.Reader::getApproval).listRequest();
        try (var response = request.send().join()) {
            List<String> states = new ArrayList<>();
            for (ApprovalRequest.Reader seen : response.get().getRequests()) {
                states.add(seen.getFragment() + " " + seen.getState().name());
            }
            return states;
        }
    }

    static List<String> pending(Holder reviewer) {
        var request = reviewer.hold(SessionBundle.Reader::getApprovalReviewer).listRequest();
        try (var response = request.send().join()) {
            List<String> states = new ArrayList<>();
            for (ApprovalRequest.Reader seen : response.get().getRequests()) {
                states.add(seen.getName() + " " + seen.getFragment());
            }
            return states;
        }
    }

    private static String state(RequestResult.Reader result) {
        return result.isRequest() ? result.getRequest().getState().name() : Holder.code(result.getDenied());
    }

    @Override
    public void close() {
        world.close();
    }
}

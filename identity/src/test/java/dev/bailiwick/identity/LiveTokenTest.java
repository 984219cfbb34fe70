package dev.bailiwick.identity;

import static dev.bailiwick.identity.Fixtures.ALICE;
import static dev.bailiwick.identity.Fixtures.STAFF;
import static dev.bailiwick.identity.Fixtures.TEST;
import static dev.bailiwick.identity.Fixtures.duplicated;
import static dev.bailiwick.identity.Fixtures.ids;
import static dev.bailiwick.identity.Fixtures.minted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiveTokenTest {
    private static final Sid OFF = Sid.parse("S-1-5-21-11-22-33-3001");
    private static final Sid DENY = Sid.parse("S-1-5-21-11-22-33-3002");
    private static final Sid ABSENT = Sid.parse("S-1-5-21-11-22-33-3003");

    private final LiveToken token = minted(TokenSpec.of(
                    ALICE, IntegrityLevel.MEDIUM, new LogonSession(7, LogonType.INTERACTIVE), TEST)
            .withGroups(List.of(
                    Group.always(STAFF), new Group(OFF, GroupAttribute.ENABLED_BY_DEFAULT), Group.denyOnly(DENY)))
            .withPrivileges(Privileges.of(
                    PrivilegeSet.of(Privilege.SHUTDOWN, Privilege.CHANGE_NOTIFY, Privilege.IMPERSONATE),
                    PrivilegeSet.of(Privilege.CHANGE_NOTIFY, Privilege.IMPERSONATE))));

    private Privileges masks() {
        return token.token().privileges();
    }

    private void refused(RefusalCode code, PrivilegeChange... changes) {
        Token before = token.token();
        assertThat(token.adjustPrivileges(List.of(changes)))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
        assertThat(token.token()).as("nothing has changed").isSameAs(before);
    }

    @Test
    void adjustingGivesBackThePreviousStateAndDoesAllOfIt() {
        Privileges before = masks();
        assertThat(token.adjustPrivileges(List.of(
                        PrivilegeChange.enable(Privilege.SHUTDOWN), PrivilegeChange.disable(Privilege.CHANGE_NOTIFY))))
                .isEqualTo(new AdjustPrivilegesResult.Adjusted(before, masks()));
        assertThat(masks().enabled().toList()).containsExactly(Privilege.SHUTDOWN, Privilege.IMPERSONATE);
        assertThat(masks().enabledByDefault()).isEqualTo(before.enabledByDefault());
    }

    @Test
    void anEmptyRequestChangesNothing() {
        Privileges before = masks();
        assertThat(token.adjustPrivileges(List.of())).isEqualTo(new AdjustPrivilegesResult.Adjusted(before, before));
        assertThat(masks()).isEqualTo(before);
    }

    @Test
    void oneBadEntryFailsTheWholeRequest() {
        PrivilegeChange good = PrivilegeChange.disable(Privilege.CHANGE_NOTIFY);
        refused(RefusalCode.PRIVILEGE_ABSENT, good, PrivilegeChange.enable(Privilege.DEBUG));
        refused(RefusalCode.DUPLICATE_ENTRY, good, PrivilegeChange.enable(Privilege.CHANGE_NOTIFY));
        refused(RefusalCode.DUPLICATE_ENTRY, good, good);
        refused(
                RefusalCode.DUPLICATE_ENTRY,
                PrivilegeChange.remove(Privilege.DEBUG),
                PrivilegeChange.remove(Privilege.DEBUG));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 36, 61, 64, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void aBitThatNoPrivilegeHasIsRefused(int bit) {
        refused(RefusalCode.UNKNOWN_PRIVILEGE, new PrivilegeChange(bit, PrivilegeChange.ENABLE));
        refused(
                RefusalCode.UNKNOWN_PRIVILEGE,
                PrivilegeChange.enable(Privilege.SHUTDOWN),
                new PrivilegeChange(bit, PrivilegeChange.DISABLE));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5, 6, 7, 8, -1, 0x80000000})
    void aChangeThatIsNoneOfTheThreeIsRefused(int attributes) {
        refused(
                RefusalCode.INVALID_CHANGE,
                PrivilegeChange.enable(Privilege.SHUTDOWN),
                new PrivilegeChange(Privilege.CHANGE_NOTIFY.bit(), attributes));
    }

    @Test
    void disablingOrRemovingAnAbsentOneDoesNothing() {
        Privileges before = masks();
        assertThat(token.adjustPrivileges(
                        List.of(PrivilegeChange.disable(Privilege.DEBUG), PrivilegeChange.remove(Privilege.TCB))))
                .isInstanceOf(AdjustPrivilegesResult.Adjusted.class);
        assertThat(masks()).isEqualTo(before);
    }

    @Test
    void removalIsPermanentAndTakesItOutOfPresentOnly() {
        token.adjustPrivileges(List.of(PrivilegeChange.remove(Privilege.IMPERSONATE)));
        assertThat(masks().present().has(Privilege.IMPERSONATE)).isFalse();
        assertThat(masks().enabled().has(Privilege.IMPERSONATE)).isTrue();
        assertThat(token.use(Privilege.IMPERSONATE)).isFalse();
        refused(RefusalCode.PRIVILEGE_ABSENT, PrivilegeChange.enable(Privilege.IMPERSONATE));
        var _ = token.resetPrivileges();
        assertThat(masks().present().has(Privilege.IMPERSONATE)).isFalse();
        assertThat(masks().enabled().has(Privilege.IMPERSONATE)).isFalse();
    }

    @Test
    void aRequestOfTooManyEntriesIsRefused() {
        List<PrivilegeChange> many =
                Collections.nCopies(Limits.CHANGES + 1, PrivilegeChange.disable(Privilege.SHUTDOWN));
        assertThat(token.adjustPrivileges(many))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(RefusalCode.LIMIT_EXCEEDED));
        List<GroupChange> groups = Collections.nCopies(Limits.CHANGES + 1, new GroupChange.Disable(ABSENT));
        assertThat(token.adjustGroups(groups)).isInstanceOf(Refused.class);
    }

    @Test
    void resetRestoresEnabledFromEnabledByDefault() {
        token.adjustPrivileges(
                List.of(PrivilegeChange.enable(Privilege.SHUTDOWN), PrivilegeChange.disable(Privilege.CHANGE_NOTIFY)));
        Privileges adjusted = masks();
        assertThat(token.resetPrivileges()).isEqualTo(adjusted);
        assertThat(masks().enabled().toList()).containsExactly(Privilege.CHANGE_NOTIFY, Privilege.IMPERSONATE);
    }

    @Test
    void aWitnessSeesWhatAChangeWillMakeBeforeItIsMadeAndMayPreventIt() {
        Privileges before = masks();
        List<PrivilegeChange> changes =
                List.of(PrivilegeChange.remove(Privilege.SHUTDOWN), PrivilegeChange.disable(Privilege.CHANGE_NOTIFY));

        assertThatThrownBy(() -> token.adjustPrivileges(changes, (was, is) -> {
                    throw new IllegalStateException("the witness sees nothing");
                }))
                .hasMessage("the witness sees nothing");
        assertThatThrownBy(() -> token.resetPrivileges((was, is) -> {
                    throw new IllegalStateException("nor this");
                }))
                .hasMessage("nor this");
        assertThat(masks()).isEqualTo(before);

        List<Privileges> seen = new ArrayList<>();
        token.adjustPrivileges(changes, (was, is) -> {
            assertThat(masks()).isEqualTo(before);
            seen.addAll(List.of(was, is));
        });
        assertThat(seen).containsExactly(before, masks());
        assertThat(token.adjustPrivileges(
                        List.of(PrivilegeChange.enable(Privilege.SHUTDOWN)), (was, is) -> seen.add(is)))
                .isInstanceOf(Refused.class);
        assertThat(seen).as("nothing of what is refused").hasSize(2);
    }

    @Test
    void whileAWitnessLooksPrivilegesAreUsedAndNoOtherChangeComesInBetween() {
        List<Thread> waiting = new ArrayList<>();
        List<Privileges> seen = new ArrayList<>();

        var _ = token.adjustPrivileges(List.of(PrivilegeChange.remove(Privilege.SHUTDOWN)), (was, is) -> {
            joined(Thread.startVirtualThread(() -> token.use(Privilege.IMPERSONATE)));
            waiting.add(Thread.startVirtualThread(() -> {
                var _ = token.adjustPrivileges(
                        List.of(PrivilegeChange.disable(Privilege.CHANGE_NOTIFY)), (then, later) -> seen.add(then));
            }));
            assertThat(masks().used().toList()).containsExactly(Privilege.IMPERSONATE);
        });
        joined(waiting.getFirst());

        assertThat(masks().used().toList()).containsExactly(Privilege.IMPERSONATE);
        assertThat(seen)
                .singleElement()
                .satisfies(then ->
                        assertThat(then.present().has(Privilege.SHUTDOWN)).isFalse());
        assertThat(masks().enabled().has(Privilege.CHANGE_NOTIFY)).isFalse();
    }

    private static void joined(Thread thread) {
        try {
            assertThat(thread.join(java.time.Duration.ofMinutes(1))).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void usedSticksAndIsCopiedToDuplicates() {
        assertThat(token.use(Privilege.CHANGE_NOTIFY)).isTrue();
        token.adjustPrivileges(List.of(PrivilegeChange.remove(Privilege.CHANGE_NOTIFY)));
        var _ = token.resetPrivileges();
        assertThat(masks().used().toList()).containsExactly(Privilege.CHANGE_NOTIFY);
        LiveToken copy = duplicated(token, TokenType.IMPERSONATION, ImpersonationLevel.IMPERSONATION);
        assertThat(copy.token().privileges()).isEqualTo(masks());
        LiveToken copyOfCopy = duplicated(copy, TokenType.PRIMARY, ImpersonationLevel.IMPERSONATION);
        assertThat(copyOfCopy.token().privileges().used().toList()).containsExactly(Privilege.CHANGE_NOTIFY);
    }

    @Test
    void aPrivilegeThatIsDisabledOrAbsentIsNotUsedAndNotNoted() {
        assertThat(token.use(Privilege.SHUTDOWN)).isFalse();
        assertThat(token.use(Privilege.DEBUG)).isFalse();
        assertThat(masks().used()).isEqualTo(PrivilegeSet.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "PRIMARY, DELEGATION, IMPERSONATION, DELEGATION, duplicated",
        "PRIMARY, DELEGATION, PRIMARY, DELEGATION, duplicated",
        "PRIMARY, IMPERSONATION, IMPERSONATION, DELEGATION, level-raised",
        "PRIMARY, IDENTIFICATION, PRIMARY, IDENTIFICATION, duplicated",
        "PRIMARY, IDENTIFICATION, IMPERSONATION, IMPERSONATION, level-raised",
        "IMPERSONATION, DELEGATION, PRIMARY, DELEGATION, duplicated",
        "IMPERSONATION, IMPERSONATION, IMPERSONATION, IMPERSONATION, duplicated",
        "IMPERSONATION, IMPERSONATION, IMPERSONATION, DELEGATION, level-raised",
        "IMPERSONATION, IMPERSONATION, PRIMARY, IMPERSONATION, duplicated",
        "IMPERSONATION, IDENTIFICATION, IMPERSONATION, IDENTIFICATION, duplicated",
        "IMPERSONATION, IDENTIFICATION, IMPERSONATION, IMPERSONATION, level-raised",
        "IMPERSONATION, IDENTIFICATION, PRIMARY, IDENTIFICATION, level-too-low",
        "IMPERSONATION, IDENTIFICATION, PRIMARY, ANONYMOUS, level-too-low",
        "IMPERSONATION, IDENTIFICATION, IMPERSONATION, ANONYMOUS, duplicated",
        "IMPERSONATION, ANONYMOUS, IMPERSONATION, IDENTIFICATION, level-raised",
        "IMPERSONATION, ANONYMOUS, PRIMARY, ANONYMOUS, level-too-low",
    })
    void aDuplicateNeverHasAHigherLevel(
            TokenType type, ImpersonationLevel level, TokenType wantedType, ImpersonationLevel wanted, String outcome) {
        LiveToken original = duplicated(token, type, level);
        String result = switch (original.duplicate(wantedType, wanted, ids())) {
            case DuplicateResult.Duplicated(LiveToken copy) -> {
                assertThat(copy.token().type()).isEqualTo(wantedType);
                assertThat(copy.token().level()).isEqualTo(wanted);
                yield "duplicated";
            }
            case Refused refused -> refused.code().text();
        };
        assertThat(result).isEqualTo(outcome);
    }

    @Test
    void aDuplicateSharesNothing() {
        LiveToken copy = duplicated(token, TokenType.IMPERSONATION, ImpersonationLevel.IMPERSONATION);
        copy.adjustPrivileges(List.of(PrivilegeChange.remove(Privilege.IMPERSONATE)));
        assertThat(masks().holds(Privilege.IMPERSONATE)).isTrue();
        token.adjustPrivileges(List.of(PrivilegeChange.remove(Privilege.CHANGE_NOTIFY)));
        assertThat(copy.token().holds(Privilege.CHANGE_NOTIFY)).isTrue();
        assertThat(copy.id()).isNotEqualTo(token.id());
    }

    @Test
    void groupsAreSwitchedAllOrNone() {
        assertThat(token.adjustGroups(List.of(new GroupChange.Enable(OFF), new GroupChange.Disable(ABSENT))))
                .isInstanceOf(AdjustGroupsResult.Adjusted.class);
        assertThat(token.token().matchesAllow(OFF)).isTrue();
        Token before = token.token();
        refused(RefusalCode.GROUP_ABSENT, new GroupChange.Disable(OFF), new GroupChange.Enable(ABSENT));
        refused(RefusalCode.GROUP_MANDATORY, new GroupChange.Disable(OFF), new GroupChange.Disable(STAFF));
        refused(RefusalCode.GROUP_DENY_ONLY, new GroupChange.Disable(OFF), new GroupChange.Enable(DENY));
        refused(RefusalCode.DUPLICATE_ENTRY, new GroupChange.Disable(OFF), new GroupChange.Enable(OFF));
        refused(RefusalCode.DUPLICATE_ENTRY, new GroupChange.Disable(ABSENT), new GroupChange.Disable(ABSENT));
        assertThat(token.token()).isSameAs(before);
        assertThat(token.adjustGroups(List.of(new GroupChange.Disable(OFF))))
                .isEqualTo(new AdjustGroupsResult.Adjusted(before.groups()));
        assertThat(token.token().matchesAllow(OFF)).isFalse();
    }

    private void refused(RefusalCode code, GroupChange... changes) {
        assertThat(token.adjustGroups(List.of(changes)))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
    }

    @Test
    void resetEnablesGroupsThatAreEnabledByDefaultAndNeverTurnsDenyOnlyIntoMore() {
        var _ = token.resetGroups();
        assertThat(token.token().matchesAllow(OFF)).isTrue();
        assertThat(token.token().matchesAllow(STAFF)).isTrue();
        assertThat(token.token().matchesAllow(DENY)).isFalse();
        assertThat(token.token().matchesDeny(DENY)).isTrue();
    }

    @Test
    void aGroupThatIsOffMatchesNothingAndOneForDenialsOnlyDenies() {
        assertThat(token.token().matchesAllow(OFF)).isFalse();
        assertThat(token.token().matchesDeny(OFF)).isFalse();
        assertThat(token.token().matchesAllow(DENY)).isFalse();
        assertThat(token.token().matchesDeny(DENY)).isTrue();
        assertThat(token.token().matchesAllow(ABSENT)).isFalse();
        assertThat(token.token().matchesDeny(ABSENT)).isFalse();
    }

    @Test
    void attributesThatContradictEachOtherAreRefused() {
        assertThatThrownBy(() -> new Group(STAFF, 0x20)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Group(STAFF, 0x80000000)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Group(STAFF, GroupAttribute.MANDATORY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void creatingTakesSeCreateTokenPrivilegePresentAndEnabled() {
        assertThat(TokenMinter.create(token, token.token().spec(), ids()))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(RefusalCode.PRIVILEGE_NOT_HELD));
        LiveToken creator = Fixtures.boot();
        assertThat(TokenMinter.create(creator, token.token().spec(), ids())).isInstanceOf(MintResult.Minted.class);
        assertThat(creator.token().privileges().used().has(Privilege.CREATE_TOKEN))
                .isTrue();
        creator.adjustPrivileges(List.of(PrivilegeChange.remove(Privilege.CREATE_TOKEN)));
        assertThat(TokenMinter.create(creator, token.token().spec(), ids())).isInstanceOf(Refused.class);
    }

    @Test
    void anImpersonatedSystemCannotCreateAtIdentificationLevel() {
        LiveToken only = duplicated(Fixtures.boot(), TokenType.IMPERSONATION, ImpersonationLevel.IDENTIFICATION);
        assertThat(TokenMinter.create(only, token.token().spec(), ids())).isInstanceOf(Refused.class);
    }

    @Test
    void aSpecificationThatIsWrongIsRefused() {
        TokenSpec spec = token.token().spec();
        assertThat(fault(spec.withGroup(Group.always(STAFF)))).isEqualTo(RefusalCode.DUPLICATE_ENTRY);
        assertThat(fault(spec.withGroup(Group.always(ALICE)))).isEqualTo(RefusalCode.DUPLICATE_ENTRY);
        List<Group> many = new ArrayList<>();
        for (int rid = 0; rid <= Limits.GROUPS; rid++) {
            many.add(Group.always(Sid.of(5, 21, 1, 2, 3, rid)));
        }
        assertThat(fault(spec.withGroups(many))).isEqualTo(RefusalCode.LIMIT_EXCEEDED);
        assertThat(TokenMinter.create(Fixtures.boot(), spec.withGroups(many.subList(0, Limits.GROUPS)), ids()))
                .isInstanceOf(MintResult.Minted.class);
        assertThat(fault(new TokenSpec(
                        spec.user(),
                        spec.groups(),
                        Optional.of(Sid.service("x")),
                        spec.integrity(),
                        spec.privileges(),
                        spec.session(),
                        spec.source(),
                        spec.claims())))
                .isEqualTo(RefusalCode.INVALID);
        Claim claim = new Claim("department", List.of(new Claim.Value.Text("sales")));
        assertThat(fault(spec.withClaims(List.of(claim, claim)))).isEqualTo(RefusalCode.DUPLICATE_ENTRY);
        List<Claim> claims = new ArrayList<>();
        for (int number = 0; number <= Limits.CLAIMS; number++) {
            claims.add(new Claim("c" + number, List.of(new Claim.Value.Whole(number))));
        }
        assertThat(fault(spec.withClaims(claims))).isEqualTo(RefusalCode.LIMIT_EXCEEDED);
    }

    private static RefusalCode fault(TokenSpec spec) {
        return switch (TokenMinter.create(Fixtures.boot(), spec, ids())) {
            case MintResult.Minted minted -> throw new AssertionError(minted);
            case Refused(RefusalCode code, String _, String _) -> code;
        };
    }

    @Test
    void claimsHaveLimitsAndOneKindOfValues() {
        assertThatThrownBy(() -> new Claim("", List.of(new Claim.Value.Flag(true))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Claim("x".repeat(Limits.CLAIM_CHARS + 1), List.of(new Claim.Value.Flag(true))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Claim("x", List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Claim("x", Collections.nCopies(Limits.CLAIM_VALUES + 1, new Claim.Value.Whole(1))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Claim("x", List.of(new Claim.Value.Whole(1), new Claim.Value.Flag(true))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Claim.Value.Text("x".repeat(Limits.CLAIM_CHARS + 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theTableOfSidsFindsEveryGroupOfALargeToken() {
        List<Group> many = new ArrayList<>();
        for (int rid = 0; rid < Limits.GROUPS; rid++) {
            many.add(Group.always(Sid.of(5, 21, 1, 2, 3, rid)));
        }
        Token large = minted(token.token().spec().withGroups(many)).token();
        for (Group group : many) {
            assertThat(large.matchesAllow(group.sid())).isTrue();
        }
        for (int rid = Limits.GROUPS; rid < 10 * Limits.GROUPS; rid++) {
            assertThat(large.matchesDeny(Sid.of(5, 21, 1, 2, 3, rid))).isFalse();
        }
    }

    @Test
    void requestsOfManyThreadsAreEachDoneInFull() throws Exception {
        LiveToken boot = Fixtures.boot();
        AtomicInteger torn = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int worker = 0; worker < 4; worker++) {
            boolean on = worker % 2 == 0;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int round = 0; round < 5_000; round++) {
                    boot.adjustPrivileges(
                            on
                                    ? List.of(
                                            PrivilegeChange.enable(Privilege.DEBUG),
                                            PrivilegeChange.enable(Privilege.TCB))
                                    : List.of(
                                            PrivilegeChange.disable(Privilege.TCB),
                                            PrivilegeChange.disable(Privilege.DEBUG)));
                    PrivilegeSet enabled = boot.token().privileges().enabled();
                    if (enabled.has(Privilege.DEBUG) != enabled.has(Privilege.TCB)) {
                        torn.incrementAndGet();
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(torn).hasValue(0);
        assertThat(boot.token().revision()).isEqualTo(20_000);
    }
}

package dev.bailiwick.identity;

import java.util.List;
import java.util.Optional;

/** One request to adjust privileges, as a function of the masks. */
final class PrivilegeAdjustment {
    sealed interface Result {
        record Applied(Privileges after) implements Result {}

        record Refusal(Refused refused) implements Result {}
    }

    private PrivilegeAdjustment() {}

    static Result apply(Privileges before, List<PrivilegeChange> changes) {
        PrivilegeSet seen = PrivilegeSet.NONE;
        PrivilegeSet present = before.present();
        PrivilegeSet enabled = before.enabled();
        for (PrivilegeChange change : changes) {
            Optional<Privilege> known = Privilege.ofBit(change.bit());
            if (known.isEmpty()) {
                return refused(
                        RefusalCode.UNKNOWN_PRIVILEGE,
                        "no privilege has the bit " + change.bit(),
                        "'idn privileges' lists those of the token");
            }
            Privilege privilege = known.get();
            if (seen.has(privilege)) {
                return refused(
                        RefusalCode.DUPLICATE_ENTRY,
                        "the request names " + privilege + " twice",
                        "name every privilege once");
            }
            seen = seen.with(privilege);
            switch (change.attributes()) {
                case PrivilegeChange.ENABLE -> {
                    if (!before.present().has(privilege)) {
                        return refused(
                                RefusalCode.PRIVILEGE_ABSENT,
                                "the token does not have " + privilege + ", so it cannot be enabled",
                                "what a token does not have cannot be added to it");
                    }
                    enabled = enabled.with(privilege);
                }
                case PrivilegeChange.DISABLE -> {
                    if (before.present().has(privilege)) {
                        enabled = enabled.without(privilege);
                    }
                }
                case PrivilegeChange.REMOVE -> present = present.without(privilege);
                default -> {
                    // An open number, not an enum: whatever is not one of the three is refused.
                    return refused(
                            RefusalCode.INVALID_CHANGE,
                            "there is no change " + change.attributes() + " of " + privilege,
                            "0 disables, 2 enables, 4 removes");
                }
            }
        }
        return new Result.Applied(new Privileges(present, enabled, before.enabledByDefault(), before.used()));
    }

    private static Result refused(RefusalCode code, String what, String hint) {
        return new Result.Refusal(new Refused(code, what + "; nothing was changed", hint));
    }
}

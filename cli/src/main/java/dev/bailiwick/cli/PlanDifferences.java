package dev.bailiwick.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What tells two plans of one account apart, slot by slot. */
final class PlanDifferences {
    private PlanDifferences() {}

    /**
     * The slots that differ, in slot order: {@code granted}, {@code lost}, or {@code changed} where access or limit is another. A slot that
     * is not granted in either is no difference, whatever the reason.
     */
    static Json.Arr of(Json.Obj before, Json.Obj after) {
        Map<String, Json.Obj> old = new TreeMap<>();
        before.list("receipts").objects().forEach(receipt -> old.put(receipt.text("slot"), receipt));
        List<Json> changes = new ArrayList<>();
        for (Json.Obj receipt : after.list("receipts").objects()) {
            Json.Obj was = old.get(receipt.text("slot"));
            if (was == null) {
                continue;
            }
            String change = change(was, receipt);
            if (!change.isEmpty()) {
                changes.add(Json.object()
                        .with("slot", receipt.text("slot"))
                        .with("change", change)
                        .with("before", was.flag("granted") ? terms(was) : was.text("code"))
                        .with("after", receipt.flag("granted") ? terms(receipt) : receipt.text("code"))
                        .with("rule", receipt.text("rule")));
            }
        }
        return new Json.Arr(changes);
    }

    private static String change(Json.Obj was, Json.Obj is) {
        if (was.flag("granted") != is.flag("granted")) {
            return is.flag("granted") ? "granted" : "lost";
        }
        return is.flag("granted") && !terms(was).equals(terms(is)) ? "changed" : "";
    }

    private static String terms(Json.Obj receipt) {
        String limit = receipt.text("limit");
        return receipt.text("access") + (limit.isEmpty() ? "" : ", " + limit);
    }
}

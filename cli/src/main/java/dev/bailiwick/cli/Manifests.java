package dev.bailiwick.cli;

import dev.bailiwick.profiles.ManifestProblem;
import dev.bailiwick.profiles.ProfileFile;
import dev.bailiwick.profiles.SeedManifest;
import dev.bailiwick.profiles.SeedPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Reads manifests for the commands that take one. Stateless. */
final class Manifests {
    private Manifests() {}

    /**
     * Reads a manifest.
     *
     * @param output for all problems but the first, which is in the failure thrown
     */
    static SeedPlan read(Path manifest, Output output) {
        try {
            return switch (SeedManifest.parse(manifest)) {
                case SeedManifest.Parsed(SeedPlan plan) -> plan;
                case SeedManifest.Refused(List<ManifestProblem> problems) -> throw refused(manifest, problems, output);
            };
        } catch (IOException e) {
            throw CommandFailure.of(
                    ExitStatus.NOT_FOUND,
                    "not-found",
                    "cannot read the manifest " + manifest + ": " + e.getMessage(),
                    "");
        }
    }

    /**
     * Reads a file with one profile; never a refusal.
     *
     * @param output for all problems but the first, which is in the failure thrown
     */
    static ProfileFile.Result profile(Path file, Output output) {
        try {
            return switch (ProfileFile.parse(file)) {
                case ProfileFile.Refused(List<ManifestProblem> problems) -> throw refused(file, problems, output);
                case ProfileFile.Resource resource -> resource;
                case ProfileFile.Policy policy -> policy;
            };
        } catch (IOException e) {
            throw CommandFailure.of(
                    ExitStatus.NOT_FOUND, "not-found", "cannot read the profile " + file + ": " + e.getMessage(), "");
        }
    }

    /** All problems at once: the first in the error itself, the others on lines of their own and in the JSON form. */
    private static CommandFailure refused(Path manifest, List<ManifestProblem> problems, Output output) {
        problems.stream().skip(1).forEach(problem -> output.remark(place(manifest, problem) + problem.message()));
        ManifestProblem first = problems.getFirst();
        String more = problems.size() == 1 ? "" : " (and " + (problems.size() - 1) + " more)";
        return CommandFailure.of(
                        ExitStatus.USAGE,
                        first.code().text(),
                        place(manifest, first) + first.message() + more,
                        first.hint())
                .with(Json.object()
                        .with(
                                "problems",
                                new Json.Arr(problems.stream()
                                        .map(Manifests::problem)
                                        .toList())));
    }

    private static String place(Path manifest, ManifestProblem problem) {
        return manifest + ":" + problem.line() + ":" + problem.column() + ": ";
    }

    private static Json problem(ManifestProblem problem) {
        return Json.object()
                .with("code", problem.code().text())
                .with("line", problem.line())
                .with("column", problem.column())
                .with("message", problem.message())
                .with("hint", problem.hint());
    }
}

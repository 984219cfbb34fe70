package dev.bailiwick.storage;

/** The refusals of this package, one wording each. */
final class Denials {
    private Denials() {}

    static Denied rootGone() {
        return Denied.because(DenialCode.NOT_FOUND, "this storage root does not exist or was deleted", "");
    }

    static Denied notOwner() {
        return Denied.because(DenialCode.NOT_OWNER, "this storage root belongs to another principal", "");
    }

    static Denied baseGone() {
        return Denied.because(
                DenialCode.NOT_FOUND,
                "the namespace this view was taken of was removed",
                "take a new view from the namespace above");
    }

    static Denied notFound(String path) {
        return Denied.because(DenialCode.NOT_FOUND, "there is no entry " + Quoted.of(path), "list the namespace");
    }

    static Denied isANamespace(String path) {
        return Denied.because(
                DenialCode.IS_A_NAMESPACE, Quoted.of(path) + " is a namespace", "name an entry within it");
    }

    static Denied notANamespace(String path) {
        return Denied.because(DenialCode.NOT_A_NAMESPACE, Quoted.of(path) + " is a blob, not a namespace", "");
    }

    static Denied readOnly() {
        return Denied.because(DenialCode.READ_ONLY, "this view is read-only", "");
    }

    static Denied notEmpty(String path) {
        return Denied.because(
                DenialCode.NOT_EMPTY, "namespace " + Quoted.of(path) + " has entries", "remove them first");
    }

    static Denied removesItself() {
        return Denied.because(DenialCode.INVALID_PATH, "a namespace cannot remove itself", "name an entry within it");
    }

    static Denied tooLarge(long bytes, long most) {
        return Denied.because(
                DenialCode.TOO_LARGE, bytes + " bytes are more than the " + most + " of one call", "use a writer");
    }

    static Denied tooDeep(StorageLimits limits) {
        return Denied.because(
                DenialCode.INVALID_PATH,
                "the entry would be deeper than " + limits.depth() + " names or " + limits.pathBytes()
                        + " bytes of path",
                "choose a shorter path");
    }

    static Denied notTheTop() {
        return Denied.because(
                DenialCode.NOT_THE_TOP,
                "this view begins below the storage root, which snapshots are of",
                "use the namespace that the session holds");
    }

    static Denied cacheHasNoSnapshots() {
        return Denied.because(
                DenialCode.NOT_SHAREABLE,
                "entries of this namespace go when room is needed, so it has no snapshots",
                "keep what must last in home");
    }

    static Denied sharesAll() {
        return Denied.because(
                DenialCode.NOT_SHAREABLE,
                "the whole of a home is not shared, only namespaces in it",
                "put what is to be shared in a namespace, and name that");
    }

    static Denied noShare() {
        return Denied.because(DenialCode.NOT_FOUND, "there is no such share", "list the shares");
    }

    static Denied noSnapshot(long id) {
        return Denied.because(
                DenialCode.NOT_FOUND, "there is no snapshot " + Long.toUnsignedString(id), "list the snapshots");
    }

    static Denied gone() {
        return Denied.because(
                DenialCode.GONE,
                "this version was replaced or removed, and its bytes are no longer kept",
                "get the entry again");
    }

    static Denied closed() {
        return Denied.because(DenialCode.CLOSED, "this writer was already committed or given up", "open a new writer");
    }
}

package dev.bailiwick.profiles;

/** The two sorts of profile, as manifests call them. */
enum ProfileSort {
    RESOURCE("resource-profile"),
    POLICY("policy-profile");

    private final String key;

    ProfileSort(String key) {
        this.key = key;
    }

    String key() {
        return key;
    }
}

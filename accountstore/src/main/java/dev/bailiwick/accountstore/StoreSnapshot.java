package dev.bailiwick.accountstore;

/** All lookups over one published state. Valid only inside the function it was handed to. */
public interface StoreSnapshot {
    /** The head of this state. */
    StoreHead head();

    /** Accounts as of this state. */
    AccountStoreReader accounts();

    /** Resource profiles as of this state. */
    ResourceProfileReader resourceProfiles();

    /** Policy as of this state. */
    PolicyReader policy();

    /** Records of every kind as of this state, in every version. */
    RecordReader records();
}

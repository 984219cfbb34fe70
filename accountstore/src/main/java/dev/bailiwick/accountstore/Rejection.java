package dev.bailiwick.accountstore;

/** Why a transaction was rejected. The text is stable. */
public enum Rejection {
    /** Two accounts would have one normalised name, or two profiles of one sort one name. */
    NAME_TAKEN("name-taken"),
    /** Two accounts would have names that people could take for each other. */
    NAME_CONFUSABLE("name-confusable"),
    /** Two accounts would have one principal. */
    PRINCIPAL_TAKEN("principal-taken"),
    /** An id that must be fresh was used before. */
    ID_TAKEN("id-taken"),
    /** A second record for one principal and role, or one provider and subject. */
    DUPLICATE_BINDING("duplicate-binding"),
    /** A field that never changes was changed. */
    IMMUTABLE_FIELD("immutable-field"),
    /** A principal, profile or credential that is referred to does not exist. */
    DANGLING_REFERENCE("dangling-reference"),
    /** An account's roles are not those of its active bindings. */
    ROLES_DIFFER("roles-differ"),
    /** Nobody could administer accounts any more. */
    LAST_ACCOUNT_ADMIN("last-account-admin"),
    /** A role that the policy in force does not define. */
    UNKNOWN_ROLE("unknown-role"),
    /** A key takes over without the word of the one before it. */
    KEY_STATEMENT("key-statement"),
    /** The transaction id was used for another transaction. */
    TRANSACTION_ID_TAKEN("transaction-id-taken"),
    /** More mutations, preconditions or bytes than a transaction may have, or none. */
    SIZE("size"),
    /** One record is written twice. */
    RECORD_TWICE("record-twice"),
    /** This manager may not write such a record. */
    NOT_THIS_MANAGER("not-this-manager"),
    /** There is no such account, profile or binding. */
    NOT_FOUND("not-found"),
    /** The gate of whoever changes it was closed before the change came to its turn. */
    REVOKED("revoked");

    private final String text;

    Rejection(String text) {
        this.text = text;
    }

    /** The stable code. */
    public String text() {
        return text;
    }
}

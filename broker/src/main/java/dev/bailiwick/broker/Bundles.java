package dev.bailiwick.broker;

import dev.bailiwick.profiles.Slot;
import dev.bailiwick.schema.gen.AccountStoreManager;
import dev.bailiwick.schema.gen.AccountStoreReader;
import dev.bailiwick.schema.gen.ApprovalClient;
import dev.bailiwick.schema.gen.ApprovalReviewer;
import dev.bailiwick.schema.gen.AuditReader;
import dev.bailiwick.schema.gen.AuthorityBroker;
import dev.bailiwick.schema.gen.Credentials;
import dev.bailiwick.schema.gen.Help;
import dev.bailiwick.schema.gen.KeyBackup;
import dev.bailiwick.schema.gen.Keyring;
import dev.bailiwick.schema.gen.Launcher;
import dev.bailiwick.schema.gen.LogReader;
import dev.bailiwick.schema.gen.LogSink;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.PolicyManager;
import dev.bailiwick.schema.gen.ResourceProfileManager;
import dev.bailiwick.schema.gen.ResourceProfileReader;
import dev.bailiwick.schema.gen.RoleDirectory;
import dev.bailiwick.schema.gen.SecuredDirectories;
import dev.bailiwick.schema.gen.ServiceDirectory;
import dev.bailiwick.schema.gen.ServiceSupervisor;
import dev.bailiwick.schema.gen.SessionBundle;
import dev.bailiwick.schema.gen.SessionDirectory;
import dev.bailiwick.schema.gen.SessionManager;
import dev.bailiwick.schema.gen.StoreInspector;
import dev.bailiwick.schema.gen.StoreMaintainer;
import dev.bailiwick.schema.gen.SystemStatus;
import dev.bailiwick.schema.gen.TerminalSession;
import dev.bailiwick.schema.gen.TokenHolder;
import dev.bailiwick.schema.gen.UserSession;

/** Writes what a session holds into a message: its capabilities, and a receipt for every slot. */
final class Bundles {
    private Bundles() {}

    static void write(SessionBundle.Builder bundle, Session session) {
        receipts(bundle, session);
        for (Grant grant : session.grants()) {
            set(bundle, grant);
        }
    }

    /**
     * The same for an answer that goes through a membrane of the session's. Ways to log in are left out: what a login gives is the new
     * session's, and must not end with this one.
     */
    static void writeThrough(SessionBundle.Builder bundle, Session session) {
        receipts(bundle, session);
        for (Grant grant : session.grants()) {
            if (grant.decision().slot() != Slot.LOGIN) {
                set(bundle, grant);
            }
        }
    }

    private static void receipts(SessionBundle.Builder bundle, Session session) {
        BundlePlan plan = session.plan().orElseThrow();
        Wire.receipts(bundle.initReceipts(plan.decisions().size()), plan.decisions(), plan.journalSize());
    }

    /** The message takes references of its own; these are given back. */
    private static void set(SessionBundle.Builder bundle, Grant grant) {
        switch (grant.decision().slot()) {
            case SESSION -> {
                try (UserSession.Client client = grant.capability(UserSession.factory)) {
                    bundle.setSession(client);
                }
            }
            case HOME -> {
                try (Namespace.Client client = grant.capability(Namespace.factory)) {
                    bundle.setHome(client);
                }
            }
            case CONFIG -> {
                try (Namespace.Client client = grant.capability(Namespace.factory)) {
                    bundle.setConfig(client);
                }
            }
            case CACHE -> {
                try (Namespace.Client client = grant.capability(Namespace.factory)) {
                    bundle.setCache(client);
                }
            }
            case TMP -> {
                try (Namespace.Client client = grant.capability(Namespace.factory)) {
                    bundle.setTmp(client);
                }
            }
            case LOGS -> {
                try (LogReader.Client client = grant.capability(LogReader.factory)) {
                    bundle.setLogs(client);
                }
            }
            case LOG_SINK -> {
                try (LogSink.Client client = grant.capability(LogSink.factory)) {
                    bundle.setLogSink(client);
                }
            }
            case CREDENTIALS -> {
                try (Credentials.Client client = grant.capability(Credentials.factory)) {
                    bundle.setCredentials(client);
                }
            }
            case STATUS -> {
                try (SystemStatus.Client client = grant.capability(SystemStatus.factory)) {
                    bundle.setStatus(client);
                }
            }
            case LOGIN -> {
                try (SessionManager.Client client = grant.capability(SessionManager.factory)) {
                    bundle.setLogin(client);
                }
            }
            case HELP -> {
                try (Help.Client client = grant.capability(Help.factory)) {
                    bundle.setHelp(client);
                }
            }
            case ACCOUNT_READER -> {
                try (AccountStoreReader.Client client = grant.capability(AccountStoreReader.factory)) {
                    bundle.setAccountReader(client);
                }
            }
            case ACCOUNT_MANAGER -> {
                try (AccountStoreManager.Client client = grant.capability(AccountStoreManager.factory)) {
                    bundle.setAccountManager(client);
                }
            }
            case PROFILE_READER -> {
                try (ResourceProfileReader.Client client = grant.capability(ResourceProfileReader.factory)) {
                    bundle.setProfileReader(client);
                }
            }
            case ROLE_DIRECTORY -> {
                try (RoleDirectory.Client client = grant.capability(RoleDirectory.factory)) {
                    bundle.setRoleDirectory(client);
                }
            }
            case PLANNER -> {
                try (AuthorityBroker.Client client = grant.capability(AuthorityBroker.factory)) {
                    bundle.setPlanner(client);
                }
            }
            case STORE_INSPECTOR -> {
                try (StoreInspector.Client client = grant.capability(StoreInspector.factory)) {
                    bundle.setStoreInspector(client);
                }
            }
            case KEYRING -> {
                try (Keyring.Client client = grant.capability(Keyring.factory)) {
                    bundle.setKeyring(client);
                }
            }
            case KEY_BACKUP -> {
                try (KeyBackup.Client client = grant.capability(KeyBackup.factory)) {
                    bundle.setKeyBackup(client);
                }
            }
            case SESSION_DIRECTORY -> {
                try (SessionDirectory.Client client = grant.capability(SessionDirectory.factory)) {
                    bundle.setSessionDirectory(client);
                }
            }
            case APPROVAL -> {
                try (ApprovalClient.Client client = grant.capability(ApprovalClient.factory)) {
                    bundle.setApproval(client);
                }
            }
            case APPROVAL_REVIEWER -> {
                try (ApprovalReviewer.Client client = grant.capability(ApprovalReviewer.factory)) {
                    bundle.setApprovalReviewer(client);
                }
            }
            case AUDIT_READER -> {
                try (AuditReader.Client client = grant.capability(AuditReader.factory)) {
                    bundle.setAuditReader(client);
                }
            }
            case RESOURCE_PROFILE_MANAGER -> {
                try (ResourceProfileManager.Client client = grant.capability(ResourceProfileManager.factory)) {
                    bundle.setResourceProfileManager(client);
                }
            }
            case POLICY_MANAGER -> {
                try (PolicyManager.Client client = grant.capability(PolicyManager.factory)) {
                    bundle.setPolicyManager(client);
                }
            }
            case STORE_MAINTAINER -> {
                try (StoreMaintainer.Client client = grant.capability(StoreMaintainer.factory)) {
                    bundle.setStoreMaintainer(client);
                }
            }
            case TERMINAL -> {
                try (TerminalSession.Client client = grant.capability(TerminalSession.factory)) {
                    bundle.setTerminal(client);
                }
            }
            case LAUNCHER -> {
                try (Launcher.Client client = grant.capability(Launcher.factory)) {
                    bundle.setLauncher(client);
                }
            }
            case IDENTITY -> {
                try (TokenHolder.Client client = grant.capability(TokenHolder.factory)) {
                    bundle.setIdentity(client);
                }
            }
            case SERVICES -> {
                try (ServiceDirectory.Client client = grant.capability(ServiceDirectory.factory)) {
                    bundle.setServices(client);
                }
            }
            case SECURED -> {
                try (SecuredDirectories.Client client = grant.capability(SecuredDirectories.factory)) {
                    bundle.setSecured(client);
                }
            }
            case SUPERVISOR -> {
                try (ServiceSupervisor.Client client = grant.capability(ServiceSupervisor.factory)) {
                    bundle.setSupervisor(client);
                }
            }
        }
    }
}

package dev.bailiwick.cli;

import dev.bailiwick.schema.ApprovalId;
import dev.bailiwick.schema.BindingId;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.ProfileId;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.RootId;
import dev.bailiwick.schema.SessionId;
import dev.bailiwick.schema.StoreId;
import dev.bailiwick.schema.VersionId;
import dev.bailiwick.schema.gen.AccountRecord;
import dev.bailiwick.schema.gen.AccountResult;
import dev.bailiwick.schema.gen.Actor;
import dev.bailiwick.schema.gen.ApprovalRequest;
import dev.bailiwick.schema.gen.Attribute;
import dev.bailiwick.schema.gen.AuditLine;
import dev.bailiwick.schema.gen.AuditReader;
import dev.bailiwick.schema.gen.AuditRecord;
import dev.bailiwick.schema.gen.AuditResult;
import dev.bailiwick.schema.gen.BindingChange;
import dev.bailiwick.schema.gen.BindingInfo;
import dev.bailiwick.schema.gen.BindingResult;
import dev.bailiwick.schema.gen.BundleFragment;
import dev.bailiwick.schema.gen.BundlePlan;
import dev.bailiwick.schema.gen.ClaimResult;
import dev.bailiwick.schema.gen.CreateResult;
import dev.bailiwick.schema.gen.CredentialFacts;
import dev.bailiwick.schema.gen.CredentialInfo;
import dev.bailiwick.schema.gen.Denial;
import dev.bailiwick.schema.gen.EndResult;
import dev.bailiwick.schema.gen.EnrollResult;
import dev.bailiwick.schema.gen.EntryInfo;
import dev.bailiwick.schema.gen.ExplainResult;
import dev.bailiwick.schema.gen.Explanation;
import dev.bailiwick.schema.gen.ExternalIdentityBinding;
import dev.bailiwick.schema.gen.Finding;
import dev.bailiwick.schema.gen.GetResult;
import dev.bailiwick.schema.gen.HistoryEntry;
import dev.bailiwick.schema.gen.HistoryResult;
import dev.bailiwick.schema.gen.KeyInfo;
import dev.bailiwick.schema.gen.KeyResult;
import dev.bailiwick.schema.gen.LaunchResult;
import dev.bailiwick.schema.gen.Launcher;
import dev.bailiwick.schema.gen.LimitInForce;
import dev.bailiwick.schema.gen.ListResult;
import dev.bailiwick.schema.gen.LoginResult;
import dev.bailiwick.schema.gen.MutationResult;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.NamespaceResult;
import dev.bailiwick.schema.gen.PlanResult;
import dev.bailiwick.schema.gen.PolicyChange;
import dev.bailiwick.schema.gen.PolicyProfile;
import dev.bailiwick.schema.gen.PolicyProfileChange;
import dev.bailiwick.schema.gen.PolicyProfileResult;
import dev.bailiwick.schema.gen.PolicyVersion;
import dev.bailiwick.schema.gen.ProfileHistoryEntry;
import dev.bailiwick.schema.gen.ProfileHistoryResult;
import dev.bailiwick.schema.gen.ProfileRef;
import dev.bailiwick.schema.gen.ProofResult;
import dev.bailiwick.schema.gen.PutResult;
import dev.bailiwick.schema.gen.RawResult;
import dev.bailiwick.schema.gen.ReauthenticationResult;
import dev.bailiwick.schema.gen.RebuildResult;
import dev.bailiwick.schema.gen.Receipt;
import dev.bailiwick.schema.gen.RecordVersion;
import dev.bailiwick.schema.gen.RecoveryCodeResult;
import dev.bailiwick.schema.gen.RemoveResult;
import dev.bailiwick.schema.gen.RequestResult;
import dev.bailiwick.schema.gen.ResourceProfile;
import dev.bailiwick.schema.gen.ResourceProfileChange;
import dev.bailiwick.schema.gen.ResourceProfileResult;
import dev.bailiwick.schema.gen.RoleBinding;
import dev.bailiwick.schema.gen.RoleDefinition;
import dev.bailiwick.schema.gen.RoleResult;
import dev.bailiwick.schema.gen.RotateResult;
import dev.bailiwick.schema.gen.RotationResult;
import dev.bailiwick.schema.gen.ScrubState;
import dev.bailiwick.schema.gen.SeedManifest;
import dev.bailiwick.schema.gen.ServiceIdentity;
import dev.bailiwick.schema.gen.ServiceProgram;
import dev.bailiwick.schema.gen.SessionInfo;
import dev.bailiwick.schema.gen.SessionLine;
import dev.bailiwick.schema.gen.ShareInfo;
import dev.bailiwick.schema.gen.ShareResult;
import dev.bailiwick.schema.gen.Sharing;
import dev.bailiwick.schema.gen.SharingResult;
import dev.bailiwick.schema.gen.SnapshotInfo;
import dev.bailiwick.schema.gen.SnapshotList;
import dev.bailiwick.schema.gen.SnapshotResult;
import dev.bailiwick.schema.gen.SourceRecord;
import dev.bailiwick.schema.gen.StatResult;
import dev.bailiwick.schema.gen.Status;
import dev.bailiwick.schema.gen.StorageRootRef;
import dev.bailiwick.schema.gen.StoreHead;
import dev.bailiwick.schema.gen.StoreKey;
import dev.bailiwick.schema.gen.VerifyReport;
import dev.bailiwick.schema.gen.VersionsResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.capnproto.StructList;

/**
 * The one place where messages become JSON. Every field of a struct is there, under its name in the schema and in its order; ids are in
 * text form, hashes and other bytes in lower-case hexadecimal, enum values by name, times in milliseconds since 1970, an absent struct
 * {@code null}. A result that is a denial or a conflict becomes a {@link CommandFailure}.
 */
final class Shapes {
    private static final Json NOTHING = new Json.Null();

    private Shapes() {}

    // Records

    static Json.Obj account(AccountRecord.Reader account) {
        return Json.object()
                .with("recordId", Texts.id(account.getRecordId(), RecordId::of))
                .with("principalId", Texts.id(account.getPrincipalId(), PrincipalId::of))
                .with("kind", Texts.enumName(account.getKind()))
                .with("displayName", account.getDisplayName().toString())
                .with("status", Texts.enumName(account.getStatus()))
                .with("credentialRefs", recordIds(account.getCredentialRefs()))
                .with("roles", Texts.list(account.getRoles()))
                .with("attributes", attributes(account.getAttributes()))
                .with(
                        "resourceProfile",
                        account.hasResourceProfile() ? profileRef(account.getResourceProfile()) : NOTHING)
                .with("policyProfile", account.hasPolicyProfile() ? profileRef(account.getPolicyProfile()) : NOTHING)
                .with("homeRoot", account.hasHomeRoot() ? root(account.getHomeRoot()) : NOTHING)
                .with("createdAtMs", account.getCreatedAtMs())
                .with("updatedAtMs", account.getUpdatedAtMs())
                .with("schemaVersion", unsigned(account.getSchemaVersion()))
                .with("storeEpoch", account.getStoreEpoch())
                .with("recordVersion", account.getRecordVersion())
                .with("policyEpoch", account.getPolicyEpoch())
                .with("previousHash", Texts.hex(account.getPreviousHash()))
                .with("contentHash", Texts.hex(account.getContentHash()))
                .with("name", account.getName().toString())
                .with("nameKey", account.getNameKey().toString())
                .with("configRoot", account.hasConfigRoot() ? root(account.getConfigRoot()) : NOTHING)
                .with("cacheRoot", account.hasCacheRoot() ? root(account.getCacheRoot()) : NOTHING)
                .with("service", account.hasService() ? service(account.getService()) : NOTHING)
                .with("nameSkeleton", account.getNameSkeleton().toString());
    }

    static Json.Obj resourceProfile(ResourceProfile.Reader profile) {
        return Json.object()
                .with("profileId", Texts.id(profile.getProfileId(), ProfileId::of))
                .with("versionId", Texts.id(profile.getVersionId(), VersionId::of))
                .with("epoch", profile.getEpoch())
                .with("homeQuotaBytes", profile.getHomeQuotaBytes())
                .with("tempQuotaBytes", profile.getTempQuotaBytes())
                .with("processLimit", unsigned(profile.getProcessLimit()))
                .with("threadLimit", unsigned(profile.getThreadLimit()))
                .with("capLimit", unsigned(profile.getCapLimit()))
                .with("memoryCommitLimitBytes", profile.getMemoryCommitLimitBytes())
                .with("frameGrantLimitPages", profile.getFrameGrantLimitPages())
                .with("endpointQueueLimit", unsigned(profile.getEndpointQueueLimit()))
                .with("inFlightCallLimit", unsigned(profile.getInFlightCallLimit()))
                .with("pendingIpcSubmissionLimit", unsigned(profile.getPendingIpcSubmissionLimit()))
                .with("ringScratchLimitBytes", profile.getRingScratchLimitBytes())
                .with("logQuotaBytesPerWindow", profile.getLogQuotaBytesPerWindow())
                .with("networkProfile", profile.getNetworkProfile().toString())
                .with("cpuBudgetUsPerWindow", profile.getCpuBudgetUsPerWindow())
                .with("cpuWindowUs", profile.getCpuWindowUs())
                .with("timerWaiterLimit", unsigned(profile.getTimerWaiterLimit()))
                .with("launcherProfile", profile.getLauncherProfile().toString())
                .with("recordId", Texts.id(profile.getRecordId(), RecordId::of))
                .with("name", profile.getName().toString())
                .with("schemaVersion", unsigned(profile.getSchemaVersion()))
                .with("storeEpoch", profile.getStoreEpoch())
                .with("recordVersion", profile.getRecordVersion())
                .with("policyEpoch", profile.getPolicyEpoch())
                .with("previousHash", Texts.hex(profile.getPreviousHash()))
                .with("contentHash", Texts.hex(profile.getContentHash()))
                .with("createdAtMs", profile.getCreatedAtMs())
                .with("updatedAtMs", profile.getUpdatedAtMs())
                .with("configQuotaBytes", profile.getConfigQuotaBytes())
                .with("cacheQuotaBytes", profile.getCacheQuotaBytes())
                .with("sessionLimit", unsigned(profile.getSessionLimit()))
                .with("logWindowMs", profile.getLogWindowMs());
    }

    static Json.Obj policyProfile(PolicyProfile.Reader profile) {
        return Json.object()
                .with("profileId", Texts.id(profile.getProfileId(), ProfileId::of))
                .with("versionId", Texts.id(profile.getVersionId(), VersionId::of))
                .with("epoch", profile.getEpoch())
                .with("name", profile.getName().toString())
                .with("kinds", Texts.names(profile.getKinds()))
                .with("allowedRoles", Texts.list(profile.getAllowedRoles()))
                .with("fragments", Texts.list(profile.getFragments()))
                .with("sessionLifetimeMs", profile.getSessionLifetimeMs())
                .with("idleTimeoutMs", profile.getIdleTimeoutMs())
                .with("freshAuthMs", profile.getFreshAuthMs())
                .with("labels", attributes(profile.getLabels()))
                .with("recordId", Texts.id(profile.getRecordId(), RecordId::of))
                .with("schemaVersion", unsigned(profile.getSchemaVersion()))
                .with("storeEpoch", profile.getStoreEpoch())
                .with("recordVersion", profile.getRecordVersion())
                .with("policyEpoch", profile.getPolicyEpoch())
                .with("previousHash", Texts.hex(profile.getPreviousHash()))
                .with("contentHash", Texts.hex(profile.getContentHash()))
                .with("createdAtMs", profile.getCreatedAtMs())
                .with("updatedAtMs", profile.getUpdatedAtMs());
    }

    static Json.Obj role(RoleDefinition.Reader role) {
        return Json.object()
                .with("name", role.getName().toString())
                .with("summary", role.getSummary().toString())
                .with("administrative", role.getAdministrative())
                .with("manifestOnly", role.getManifestOnly())
                .with("kinds", Texts.names(role.getKinds()))
                .with("fragments", Texts.list(role.getFragments()))
                .with("leases", Texts.list(role.getLeases()));
    }

    static Json.Obj bindingInfo(BindingInfo.Reader info) {
        return Json.object()
                .with("binding", binding(info.getBinding()))
                .with("accountName", info.getAccountName().toString());
    }

    static Json.Obj binding(ExternalIdentityBinding.Reader binding) {
        return Json.object()
                .with("bindingId", Texts.id(binding.getBindingId(), BindingId::of))
                .with("provider", binding.getProvider().toString())
                .with("subjectHash", Texts.hex(binding.getSubjectHash()))
                .with("principalId", Texts.id(binding.getPrincipalId(), PrincipalId::of))
                .with("tenant", binding.getTenant().toString())
                .with("acceptedClaims", Texts.list(binding.getAcceptedClaims()))
                .with("expiresAtMs", binding.getExpiresAtMs())
                .with("policyProfile", binding.hasPolicyProfile() ? profileRef(binding.getPolicyProfile()) : NOTHING)
                .with(
                        "resourceProfile",
                        binding.hasResourceProfile() ? profileRef(binding.getResourceProfile()) : NOTHING)
                .with("schemaVersion", unsigned(binding.getSchemaVersion()))
                .with("storeEpoch", binding.getStoreEpoch())
                .with("recordVersion", binding.getRecordVersion())
                .with("policyEpoch", binding.getPolicyEpoch())
                .with("previousHash", Texts.hex(binding.getPreviousHash()))
                .with("contentHash", Texts.hex(binding.getContentHash()))
                .with("recordId", Texts.id(binding.getRecordId(), RecordId::of))
                .with("state", Texts.enumName(binding.getState()))
                .with("createdAtMs", binding.getCreatedAtMs())
                .with("updatedAtMs", binding.getUpdatedAtMs());
    }

    private static Json.Obj profileRef(ProfileRef.Reader ref) {
        return Json.object()
                .with("profileId", Texts.id(ref.getProfileId(), ProfileId::of))
                .with("versionId", Texts.id(ref.getVersionId(), VersionId::of))
                .with("epoch", ref.getEpoch());
    }

    private static Json.Obj root(StorageRootRef.Reader root) {
        return Json.object()
                .with("storageServiceId", Texts.hex(root.getStorageServiceId()))
                .with("rootObjectId", Texts.id(root.getRootObjectId(), RootId::of))
                .with("rootKind", Texts.enumName(root.getRootKind()))
                .with("schemaVersion", unsigned(root.getSchemaVersion()))
                .with("rootVersion", Texts.hex(root.getRootVersion()));
    }

    static Json.Obj service(ServiceIdentity.Reader service) {
        return Json.object()
                .with("serviceName", service.getServiceName().toString())
                .with("binaryPath", service.getBinaryPath().toString())
                .with("binarySha256", Texts.hex(service.getBinarySha256()))
                .with("supervisor", service.getSupervisor().toString())
                .with("identity", service.getIdentity().toString())
                .with("hasRequiredPrivileges", service.getHasRequiredPrivileges())
                .with("requiredPrivileges", Texts.list(service.getRequiredPrivileges()))
                .with("hookIdentity", service.getHookIdentity().toString())
                .with("startPre", list(service.getStartPre(), Shapes::serviceProgram))
                .with("startPost", list(service.getStartPost(), Shapes::serviceProgram))
                .with(
                        "healthCheck",
                        service.hasHealthCheck() ? serviceProgram(service.getHealthCheck()) : new Json.Null())
                .with("reload", service.hasReload() ? serviceProgram(service.getReload()) : new Json.Null())
                .with("descriptor", service.getDescriptor().toString())
                .with("reads", Texts.list(service.getReads()));
    }

    private static Json.Obj serviceProgram(ServiceProgram.Reader program) {
        return Json.object().with("path", program.getPath().toString()).with("sha256", Texts.hex(program.getSha256()));
    }

    static Json.Arr attributes(StructList.Reader<Attribute.Reader> attributes) {
        return list(
                attributes,
                attribute -> Json.object()
                        .with("name", attribute.getName().toString())
                        .with("value", attribute.getValue().toString()));
    }

    private static Json.Arr recordIds(org.capnproto.DataList.Reader ids) {
        List<String> texts = new ArrayList<>();
        for (org.capnproto.Data.Reader id : ids) {
            texts.add(Texts.id(id, RecordId::of));
        }
        return Json.texts(texts);
    }

    // Journal

    private static Json.Obj actor(Actor.Reader actor) {
        return Json.object()
                .with("principalId", Texts.id(actor.getPrincipalId(), PrincipalId::of))
                .with("sessionId", Texts.id(actor.getSessionId(), SessionId::of))
                .with("kind", Texts.enumName(actor.getKind()))
                .with("uid", unsigned(actor.getUid()));
    }

    private static Json.Obj historyEntry(HistoryEntry.Reader entry) {
        return Json.object()
                .with("account", account(entry.getAccount()))
                .with("sequence", entry.getSequence())
                .with("timeMs", entry.getTimeMs())
                .with("operation", entry.getOperation().toString())
                .with("actor", actor(entry.getActor()))
                .with("actorName", entry.getActorName().toString())
                .with("approval", Texts.id(entry.getApproval(), ApprovalId::of));
    }

    private static Json.Obj historyEntry(ProfileHistoryEntry.Reader entry) {
        Json.Obj profile = switch (entry.which()) {
            case RESOURCE_PROFILE -> Json.object().with("resourceProfile", resourceProfile(entry.getResourceProfile()));
            case POLICY_PROFILE -> Json.object().with("policyProfile", policyProfile(entry.getPolicyProfile()));
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
        return profile.with("sequence", entry.getSequence())
                .with("timeMs", entry.getTimeMs())
                .with("operation", entry.getOperation().toString())
                .with("actor", actor(entry.getActor()))
                .with("actorName", entry.getActorName().toString())
                .with("approval", Texts.id(entry.getApproval(), ApprovalId::of));
    }

    // Sessions

    static Json.Obj sessionInfo(SessionInfo.Reader info) {
        return Json.object()
                .with("sessionId", Texts.id(info.getSessionId(), SessionId::of))
                .with("principalId", Texts.id(info.getPrincipalId(), PrincipalId::of))
                .with("name", info.getName().toString())
                .with("displayName", info.getDisplayName().toString())
                .with("kind", Texts.enumName(info.getKind()))
                .with("source", Texts.enumName(info.getSource()))
                .with("authStrength", Texts.enumName(info.getAuthStrength()))
                .with("authTimeMs", info.getAuthTimeMs())
                .with("expiresAtMs", info.getExpiresAtMs())
                .with("policyProfile", info.getPolicyProfile().toString())
                .with("resourceProfile", info.getResourceProfile().toString())
                .with("roles", Texts.list(info.getRoles()))
                .with("startedAtMs", info.getStartedAtMs());
    }

    static Json.Obj sessionLine(SessionLine.Reader line) {
        return Json.object()
                .with("info", sessionInfo(line.getInfo()))
                .with("uid", unsigned(line.getUid()))
                .with("lastUsedMs", line.getLastUsedMs())
                .with("grants", unsigned(line.getGrants()));
    }

    static Json.Obj credentialInfo(CredentialInfo.Reader info) {
        return Json.object()
                .with("recordId", Texts.id(info.getRecordId(), RecordId::of))
                .with("kind", Texts.enumName(info.getKind()))
                .with("state", Texts.enumName(info.getState()))
                .with("label", info.getLabel().toString())
                .with("createdAtMs", info.getCreatedAtMs())
                .with("updatedAtMs", info.getUpdatedAtMs())
                .with("expiresAtMs", info.getExpiresAtMs())
                .with("algorithm", info.getAlgorithm().toString())
                .with("fingerprint", info.getFingerprint().toString());
    }

    static Json.Obj enrolled(EnrollResult.Reader result) {
        return switch (result.which()) {
            case ENROLLED -> credentialInfo(result.getEnrolled());
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Obj recoveryCode(RecoveryCodeResult.Reader result) {
        return switch (result.which()) {
            case ISSUED ->
                Json.object()
                        .with("code", new String(result.getIssued().getCode().toArray(), StandardCharsets.UTF_8))
                        .with("expiresAtMs", result.getIssued().getExpiresAtMs());
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static void requireDone(RotateResult.Reader result) {
        switch (result.which()) {
            case DONE -> {}
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        }
    }

    static void requireEnded(EndResult.Reader result) {
        switch (result.which()) {
            case ENDED -> {}
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        }
    }

    /** When the caller has shown who they are, in milliseconds. */
    static long authTime(ReauthenticationResult.Reader result) {
        return switch (result.which()) {
            case AUTH_TIME_MS -> result.getAuthTimeMs();
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Arr receipts(StructList.Reader<Receipt.Reader> receipts) {
        return list(receipts, Shapes::receipt);
    }

    private static Json.Obj receipt(Receipt.Reader receipt) {
        return Json.object()
                .with("slot", Texts.enumName(receipt.getSlot()))
                .with("granted", receipt.getGranted())
                .with("code", receipt.getCode().toString())
                .with("rule", receipt.getRule().toString())
                .with("interfaceName", receipt.getInterfaceName().toString())
                .with("access", Texts.enumName(receipt.getAccess()))
                .with("limit", receipt.getLimit().toString())
                .with("limitBytes", receipt.getLimitBytes())
                .with("sources", list(receipt.getSources(), Shapes::source))
                .with("journalSize", receipt.getJournalSize());
    }

    private static Json.Obj source(SourceRecord.Reader source) {
        return Json.object()
                .with("kind", Texts.enumName(source.getKind()))
                .with("recordId", Texts.id(source.getRecordId(), RecordId::of))
                .with("recordVersion", source.getRecordVersion())
                .with("contentHash", Texts.hex(source.getContentHash()))
                .with("name", source.getName().toString());
    }

    private static Json.Obj plan(BundlePlan.Reader plan) {
        return Json.object()
                .with("name", plan.getName().toString())
                .with("kind", Texts.enumName(plan.getKind()))
                .with("eligible", plan.getEligible())
                .with("denial", plan.hasDenial() ? denial(plan.getDenial()) : NOTHING)
                .with("receipts", receipts(plan.getReceipts()))
                .with("policyProfile", plan.getPolicyProfile().toString())
                .with("resourceProfile", plan.getResourceProfile().toString())
                .with("roles", Texts.list(plan.getRoles()))
                .with("lifetimeMs", plan.getLifetimeMs())
                .with("journalSize", plan.getJournalSize())
                .with("leases", Texts.list(plan.getLeases()));
    }

    private static Json.Obj denial(Denial.Reader denial) {
        return Json.object()
                .with("code", denial.getCode().toString())
                .with("message", denial.getMessage().toString())
                .with("hint", denial.getHint().toString());
    }

    // Namespaces

    private static Json.Obj entry(EntryInfo.Reader entry) {
        return Json.object()
                .with("name", entry.getName().toString())
                .with("kind", Texts.enumName(entry.getKind()))
                .with("size", entry.getSize())
                .with("version", entry.getVersion())
                .with("modifiedAtMs", entry.getModifiedAtMs())
                .with("sha256", Texts.hex(entry.getSha256()));
    }

    static Json.Obj usage(Namespace.UsageResults.Reader usage) {
        return Json.object()
                .with("usedBytes", usage.getUsedBytes())
                .with("quotaBytes", usage.getQuotaBytes())
                .with("entries", usage.getEntries());
    }

    // The store

    static Json.Obj head(StoreHead.Reader head) {
        return Json.object()
                .with("storeId", Texts.id(head.getStoreId(), StoreId::of))
                .with("storeEpoch", head.getStoreEpoch())
                .with("policyEpoch", head.getPolicyEpoch())
                .with("journalSize", head.getJournalSize())
                .with("journalRoot", Texts.hex(head.getJournalRoot()))
                .with("auditSize", head.getAuditSize())
                .with("auditRoot", Texts.hex(head.getAuditRoot()))
                .with("anchorSize", head.getAnchorSize())
                .with("anchorPath", head.getAnchorPath().toString())
                .with("anchorMode", head.getAnchorMode().toString())
                .with("rollbackDetection", head.getRollbackDetection().toString());
    }

    static Json.Obj verification(VerifyReport.Reader report) {
        return Json.object()
                .with("journalEntries", report.getJournalEntries())
                .with("recordVersions", report.getRecordVersions())
                .with("indexRows", report.getIndexRows())
                .with("auditEntries", report.getAuditEntries())
                .with("storageRows", report.getStorageRows())
                .with("findings", list(report.getFindings(), Shapes::finding))
                .with("head", report.hasHead() ? head(report.getHead()) : NOTHING)
                .with("elapsedMs", report.getElapsedMs())
                .with("bytes", report.getBytes());
    }

    static Json.Arr versions(VersionsResult.Reader result) {
        return switch (result.which()) {
            case VERSIONS -> list(result.getVersions(), Shapes::version);
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    private static Json.Obj version(RecordVersion.Reader version) {
        Json.Obj record = switch (version.which()) {
            case ACCOUNT -> account(version.getAccount());
            case RESOURCE_PROFILE -> resourceProfile(version.getResourceProfile());
            case POLICY_PROFILE -> policyProfile(version.getPolicyProfile());
            case ROLE_BINDING -> roleBinding(version.getRoleBinding());
            case EXTERNAL_BINDING -> binding(version.getExternalBinding());
            case POLICY_VERSION -> policyVersion(version.getPolicyVersion());
            case CREDENTIAL -> credential(version.getCredential());
            case SEED_MANIFEST -> seedManifest(version.getSeedManifest());
            case STORE_KEY -> storeKey(version.getStoreKey());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
        return Json.object()
                .with(Texts.enumName(version.which()), record)
                .with("sequence", version.getSequence())
                .with("timeMs", version.getTimeMs())
                .with("operation", version.getOperation().toString())
                .with("actor", actor(version.getActor()))
                .with("actorName", version.getActorName().toString())
                .with("approval", Texts.id(version.getApproval(), ApprovalId::of));
    }

    static Json.Obj roleBinding(RoleBinding.Reader binding) {
        return Json.object()
                .with("recordId", Texts.id(binding.getRecordId(), RecordId::of))
                .with("principalId", Texts.id(binding.getPrincipalId(), PrincipalId::of))
                .with("role", binding.getRole().toString())
                .with("state", Texts.enumName(binding.getState()))
                .with("expiresAtMs", binding.getExpiresAtMs())
                .with("grantedBy", Texts.id(binding.getGrantedBy(), PrincipalId::of))
                .with("schemaVersion", unsigned(binding.getSchemaVersion()))
                .with("storeEpoch", binding.getStoreEpoch())
                .with("recordVersion", binding.getRecordVersion())
                .with("policyEpoch", binding.getPolicyEpoch())
                .with("previousHash", Texts.hex(binding.getPreviousHash()))
                .with("contentHash", Texts.hex(binding.getContentHash()))
                .with("createdAtMs", binding.getCreatedAtMs())
                .with("updatedAtMs", binding.getUpdatedAtMs());
    }

    static Json.Obj policyVersion(PolicyVersion.Reader policy) {
        return Json.object()
                .with("recordId", Texts.id(policy.getRecordId(), RecordId::of))
                .with("versionId", Texts.id(policy.getVersionId(), VersionId::of))
                .with("roles", list(policy.getRoles(), Shapes::role))
                .with("fragments", list(policy.getFragments(), Shapes::fragment))
                .with("schemaVersion", unsigned(policy.getSchemaVersion()))
                .with("storeEpoch", policy.getStoreEpoch())
                .with("recordVersion", policy.getRecordVersion())
                .with("policyEpoch", policy.getPolicyEpoch())
                .with("previousHash", Texts.hex(policy.getPreviousHash()))
                .with("contentHash", Texts.hex(policy.getContentHash()))
                .with("createdAtMs", policy.getCreatedAtMs())
                .with("updatedAtMs", policy.getUpdatedAtMs());
    }

    private static Json.Obj fragment(BundleFragment.Reader fragment) {
        return Json.object()
                .with("name", fragment.getName().toString())
                .with(
                        "slots",
                        list(
                                fragment.getSlots(),
                                rule -> Json.object()
                                        .with("slot", Texts.enumName(rule.getSlot()))
                                        .with("access", Texts.enumName(rule.getAccess()))));
    }

    static Json.Obj credential(CredentialFacts.Reader credential) {
        return Json.object()
                .with("recordId", Texts.id(credential.getRecordId(), RecordId::of))
                .with("principalId", Texts.id(credential.getPrincipalId(), PrincipalId::of))
                .with("kind", Texts.enumName(credential.getKind()))
                .with("state", Texts.enumName(credential.getState()))
                .with("label", credential.getLabel().toString())
                .with("algorithm", credential.getAlgorithm().toString())
                .with("expiresAtMs", credential.getExpiresAtMs())
                .with("schemaVersion", unsigned(credential.getSchemaVersion()))
                .with("storeEpoch", credential.getStoreEpoch())
                .with("recordVersion", credential.getRecordVersion())
                .with("policyEpoch", credential.getPolicyEpoch())
                .with("previousHash", Texts.hex(credential.getPreviousHash()))
                .with("contentHash", Texts.hex(credential.getContentHash()))
                .with("createdAtMs", credential.getCreatedAtMs())
                .with("updatedAtMs", credential.getUpdatedAtMs());
    }

    static Json.Obj seedManifest(SeedManifest.Reader manifest) {
        return Json.object()
                .with("recordId", Texts.id(manifest.getRecordId(), RecordId::of))
                .with("name", manifest.getName().toString())
                .with("sourceSha256", Texts.hex(manifest.getSourceSha256()))
                .with("accounts", recordIds(manifest.getAccounts()))
                .with("schemaVersion", unsigned(manifest.getSchemaVersion()))
                .with("storeEpoch", manifest.getStoreEpoch())
                .with("recordVersion", manifest.getRecordVersion())
                .with("policyEpoch", manifest.getPolicyEpoch())
                .with("previousHash", Texts.hex(manifest.getPreviousHash()))
                .with("contentHash", Texts.hex(manifest.getContentHash()))
                .with("createdAtMs", manifest.getCreatedAtMs())
                .with("updatedAtMs", manifest.getUpdatedAtMs())
                .with("source", Texts.hex(manifest.getSource()));
    }

    static Json.Obj storeKey(StoreKey.Reader key) {
        return Json.object()
                .with("recordId", Texts.id(key.getRecordId(), RecordId::of))
                .with("publicKey", Texts.hex(key.getPublicKey()))
                .with("statement", key.getStatement().toString())
                .with("schemaVersion", unsigned(key.getSchemaVersion()))
                .with("storeEpoch", key.getStoreEpoch())
                .with("recordVersion", key.getRecordVersion())
                .with("policyEpoch", key.getPolicyEpoch())
                .with("previousHash", Texts.hex(key.getPreviousHash()))
                .with("contentHash", Texts.hex(key.getContentHash()))
                .with("createdAtMs", key.getCreatedAtMs())
                .with("updatedAtMs", key.getUpdatedAtMs());
    }

    static Json.Arr audit(AuditResult.Reader result) {
        return switch (result.which()) {
            case LINES -> list(result.getLines(), Shapes::auditLine);
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    private static Json.Obj auditLine(AuditLine.Reader line) {
        return auditRecord(line.getRecord())
                .with("actorName", line.getActorName().toString());
    }

    static Json.Obj auditRecord(AuditRecord.Reader record) {
        return Json.object()
                .with("sequence", record.getSequence())
                .with("previousEntryHash", Texts.hex(record.getPreviousEntryHash()))
                .with("timeMs", record.getTimeMs())
                .with("kind", record.getKind().toString())
                .with("code", record.getCode().toString())
                .with("actor", record.hasActor() ? actor(record.getActor()) : NOTHING)
                .with("source", record.getSource().toString())
                .with("policyProfile", Texts.hex(record.getPolicyProfile()))
                .with("resourceProfile", Texts.hex(record.getResourceProfile()))
                .with("policyVersion", Texts.hex(record.getPolicyVersion()))
                .with("journalSequence", record.getJournalSequence())
                .with("subject", Texts.hex(record.getSubject()))
                .with("previousValue", record.getPreviousValue().toString())
                .with("newValue", record.getNewValue().toString())
                .with("approval", Texts.id(record.getApproval(), ApprovalId::of))
                .with("storeEpoch", record.getStoreEpoch());
    }

    static Json.Obj scrub(ScrubState.Reader scrub) {
        return Json.object()
                .with("running", scrub.getRunning())
                .with("rows", scrub.getRows())
                .with("passes", scrub.getPasses())
                .with("lastFinishedAtMs", scrub.getLastFinishedAtMs())
                .with("position", scrub.getPosition().toString())
                .with("findings", list(scrub.getFindings(), Shapes::finding))
                .with("stopped", scrub.getStopped().toString());
    }

    static Json.Obj status(Status.Reader status) {
        return Json.object()
                .with("version", status.getVersion().toString())
                .with("startedAtMs", status.getStartedAtMs())
                .with("nowMs", status.getNowMs())
                .with("healthy", status.getHealthy())
                .with("detail", status.getDetail().toString())
                .with("full", status.getFull())
                .with("sessions", Integer.toUnsignedLong(status.getSessions()))
                .with("sessionsAtMost", Integer.toUnsignedLong(status.getSessionsAtMost()))
                .with("journalSize", status.getJournalSize())
                .with("auditSize", status.getAuditSize())
                .with("storeEpoch", status.getStoreEpoch())
                .with("policyEpoch", status.getPolicyEpoch())
                .with("warnings", Texts.list(status.getWarnings()))
                .with("limits", list(status.getLimits(), Shapes::limit));
    }

    private static Json.Obj limit(LimitInForce.Reader limit) {
        return Json.object()
                .with("name", limit.getName().toString())
                .with("used", limit.getUsed())
                .with("limit", limit.getLimit());
    }

    private static Json.Obj finding(Finding.Reader finding) {
        return Json.object()
                .with("code", finding.getCode().toString())
                .with("what", finding.getWhat().toString())
                .with("message", finding.getMessage().toString());
    }

    // Results: what was found or done, or the failure that says why not

    static Json.Obj account(AccountResult.Reader result) {
        return switch (result.which()) {
            case FOUND -> account(result.getFound());
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Arr history(HistoryResult.Reader result) {
        return switch (result.which()) {
            case ENTRIES -> list(result.getEntries(), Shapes::historyEntry);
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static String proof(ProofResult.Reader result) {
        return switch (result.which()) {
            case PROOF -> result.getProof().toString();
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Obj rotation(RotationResult.Reader result) {
        return switch (result.which()) {
            case ROTATED ->
                Json.object()
                        .with("sequence", result.getRotated().getSequence())
                        .with("publicKey", result.getRotated().getPublicKey().toString());
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Obj rebuild(RebuildResult.Reader result) {
        return switch (result.which()) {
            case REBUILT ->
                Json.object()
                        .with("rows", result.getRebuilt().getRows())
                        .with("written", result.getRebuilt().getWritten())
                        .with("removed", result.getRebuilt().getRemoved());
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static byte[] rawRecord(RawResult.Reader result) {
        return switch (result.which()) {
            case BYTES -> result.getBytes().toArray();
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Obj created(CreateResult.Reader result) {
        return switch (result.which()) {
            case CREATED ->
                Json.object()
                        .with("account", account(result.getCreated().getAccount()))
                        .with("sequence", result.getCreated().getSequence())
                        .with(
                                "enrolmentCode",
                                new String(
                                        result.getCreated().getEnrolmentCode().toArray(), StandardCharsets.UTF_8))
                        .with("codeExpiresAtMs", result.getCreated().getCodeExpiresAtMs());
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Obj policyChange(PolicyChange.Reader result) {
        return switch (result.which()) {
            case COMMITTED ->
                Json.object()
                        .with(
                                "policyVersion",
                                policyVersion(result.getCommitted().getPolicyVersion()))
                        .with("sequence", result.getCommitted().getSequence());
            case CONFLICT ->
                throw conflict(
                        result.getConflict().getCurrentVersion(),
                        Texts.hex(result.getConflict().getCurrentHash()));
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Obj approvalRequest(RequestResult.Reader result) {
        return switch (result.which()) {
            case REQUEST -> approvalRequest(result.getRequest());
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Arr approvalRequests(StructList.Reader<ApprovalRequest.Reader> requests) {
        return list(requests, Shapes::approvalRequest);
    }

    static Json.Obj approvalRequest(ApprovalRequest.Reader request) {
        return Json.object()
                .with("requestId", Texts.id(request.getRequestId(), ApprovalId::of))
                .with("principalId", Texts.id(request.getPrincipalId(), PrincipalId::of))
                .with("name", request.getName().toString())
                .with("sessionId", Texts.id(request.getSessionId(), SessionId::of))
                .with("fragment", request.getFragment().toString())
                .with("reason", request.getReason().toString())
                .with("durationMs", request.getDurationMs())
                .with("state", Texts.enumName(request.getState()))
                .with("requestedAtMs", request.getRequestedAtMs())
                .with("decidedAtMs", request.getDecidedAtMs())
                .with("decidedBy", request.getDecidedBy().toString())
                .with("expiresAtMs", request.getExpiresAtMs())
                .with("authStrength", request.getAuthStrength().toString())
                .with("authAgeMs", request.getAuthAgeMs())
                .with("renewalMs", request.getRenewalMs())
                .with("note", request.getNote().toString())
                .with("slots", Texts.names(request.getSlots()));
    }

    static Json.Obj auditVerification(AuditReader.VerifyResults.Reader report) {
        return Json.object()
                .with("entries", report.getEntries())
                .with("findings", list(report.getFindings(), Shapes::finding))
                .with("head", head(report.getHead()));
    }

    static Json.Obj mutation(MutationResult.Reader result) {
        return switch (result.which()) {
            case COMMITTED ->
                Json.object()
                        .with("account", account(result.getCommitted().getAccount()))
                        .with("sequence", result.getCommitted().getSequence());
            case CONFLICT ->
                throw conflict(
                        result.getConflict().getCurrentVersion(),
                        Texts.hex(result.getConflict().getCurrentHash()));
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Obj binding(BindingResult.Reader result) {
        return switch (result.which()) {
            case FOUND -> bindingInfo(result.getFound());
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Obj bindingChange(BindingChange.Reader result) {
        return switch (result.which()) {
            case COMMITTED ->
                Json.object()
                        .with("binding", bindingInfo(result.getCommitted().getBinding()))
                        .with("sequence", result.getCommitted().getSequence());
            case CONFLICT ->
                throw conflict(
                        result.getConflict().getCurrentVersion(),
                        Texts.hex(result.getConflict().getCurrentHash()));
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Obj profileChange(ResourceProfileChange.Reader result) {
        return switch (result.which()) {
            case COMMITTED ->
                Json.object()
                        .with("profile", resourceProfile(result.getCommitted().getProfile()))
                        .with("sequence", result.getCommitted().getSequence());
            case CONFLICT ->
                throw conflict(
                        result.getConflict().getCurrentVersion(),
                        Texts.hex(result.getConflict().getCurrentHash()));
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Obj profileChange(PolicyProfileChange.Reader result) {
        return switch (result.which()) {
            case COMMITTED ->
                Json.object()
                        .with("profile", policyProfile(result.getCommitted().getProfile()))
                        .with("sequence", result.getCommitted().getSequence());
            case CONFLICT ->
                throw conflict(
                        result.getConflict().getCurrentVersion(),
                        Texts.hex(result.getConflict().getCurrentHash()));
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Arr profileHistory(ProfileHistoryResult.Reader result) {
        return switch (result.which()) {
            case ENTRIES -> list(result.getEntries(), Shapes::historyEntry);
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Obj resourceProfile(ResourceProfileResult.Reader result) {
        return switch (result.which()) {
            case FOUND -> resourceProfile(result.getFound());
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Obj policyProfile(PolicyProfileResult.Reader result) {
        return switch (result.which()) {
            case FOUND -> policyProfile(result.getFound());
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Obj role(RoleResult.Reader result) {
        return switch (result.which()) {
            case FOUND ->
                role(result.getFound().getRole())
                        .with("members", Texts.list(result.getFound().getMembers()));
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    /** Why a slot is granted or not; fails with the denial. */
    static Json.Obj explanation(ExplainResult.Reader result) {
        return switch (result.which()) {
            case EXPLANATION -> explanation(result.getExplanation());
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    private static Json.Obj explanation(Explanation.Reader explanation) {
        return Json.object()
                .with("receipt", receipt(explanation.getReceipt()))
                .with("steps", Texts.list(explanation.getSteps()))
                .with("change", explanation.getChange().toString());
    }

    static Json.Obj plan(PlanResult.Reader result) {
        return switch (result.which()) {
            case PLAN -> plan(result.getPlan());
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static void requireStarted(LaunchResult.Reader result) {
        switch (result.which()) {
            case STARTED -> {}
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        }
    }

    static void requireClaimed(ClaimResult.Reader result) {
        switch (result.which()) {
            case GRANTED -> {}
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        }
    }

    /** What a launcher may start, and under which limits. */
    static Json.Obj programs(Launcher.ListResults.Reader launcher) {
        return Json.object()
                .with(
                        "programs",
                        list(
                                launcher.getPrograms(),
                                program -> Json.object()
                                        .with("name", program.getName().toString())
                                        .with("summary", program.getSummary().toString())
                                        .with("path", program.getPath().toString())
                                        .with("measured", program.getMeasured())
                                        .with("asCaller", program.getAsCaller())
                                        .with(
                                                "arguments",
                                                program.getArguments().toString())))
                .with("limits", Texts.list(launcher.getLimits()));
    }

    static void requireGranted(LoginResult.Reader result) {
        switch (result.which()) {
            case GRANTED -> {}
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        }
    }

    /** Adds the entries of a page; returns the name to go on after, empty at the end. */
    static String entries(ListResult.Reader result, List<Json> into) {
        return switch (result.which()) {
            case PAGE -> {
                into.addAll(list(result.getPage().getEntries(), Shapes::entry).items());
                yield result.getPage().getNext().toString();
            }
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Obj entry(StatResult.Reader result) {
        return switch (result.which()) {
            case FOUND -> entry(result.getFound());
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Obj gotEntry(GetResult.Reader result) {
        return switch (result.which()) {
            case FOUND -> entry(result.getEntry());
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Obj put(PutResult.Reader result) {
        return switch (result.which()) {
            case STORED -> entry(result.getStored());
            case CONFLICT -> throw conflict(result.getConflict());
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    private static Json.Obj snapshot(SnapshotInfo.Reader snapshot) {
        return Json.object()
                .with("id", snapshot.getId())
                .with("path", snapshot.getPath().toString())
                .with("takenAtMs", snapshot.getTakenAtMs())
                .with("entries", snapshot.getEntries())
                .with("bytes", snapshot.getBytes());
    }

    static Json.Obj snapshot(SnapshotResult.Reader result) {
        return switch (result.which()) {
            case TAKEN -> snapshot(result.getTaken());
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Arr snapshots(SnapshotList.Reader result) {
        return switch (result.which()) {
            case SNAPSHOTS -> list(result.getSnapshots(), Shapes::snapshot);
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    private static Json.Obj share(ShareInfo.Reader share) {
        return Json.object()
                .with("id", "share-" + Texts.hex(share.getId()))
                .with("path", share.getPath().toString())
                .with("owner", share.getOwner().toString())
                .with("recipient", share.getRecipient().toString())
                .with("readOnly", share.getReadOnly())
                .with("createdAtMs", share.getCreatedAtMs())
                .with("expiresAtMs", share.getExpiresAtMs());
    }

    static Json.Obj share(ShareResult.Reader result) {
        return switch (result.which()) {
            case SHARED -> share(result.getShared());
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static Json.Arr shares(StructList.Reader<ShareInfo.Reader> shares) {
        return list(shares, Shapes::share);
    }

    /** The namespace, to be closed by the caller. */
    static Namespace.Client opened(NamespaceResult.Reader result) {
        return switch (result.which()) {
            case OPENED -> result.getNamespace();
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    /** What shares, to be closed by the caller. */
    static Sharing.Client sharing(SharingResult.Reader result) {
        return switch (result.which()) {
            case OPENED -> result.getSharing();
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    private static Json.Obj key(KeyInfo.Reader key) {
        return Json.object()
                .with("dataClass", key.getDataClass().toString())
                .with("createdAtMs", key.getCreatedAtMs())
                .with("version", key.getVersion())
                .with("publicKey", Texts.hex(key.getPublicKey()));
    }

    static Json.Arr keys(StructList.Reader<KeyInfo.Reader> keys) {
        return list(keys, Shapes::key);
    }

    static byte[] keyBytes(KeyResult.Reader result) {
        return switch (result.which()) {
            case BYTES -> result.getBytes().toArray();
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        };
    }

    static void requireRemoved(RemoveResult.Reader result) {
        switch (result.which()) {
            case REMOVED -> {}
            case CONFLICT -> throw conflict(result.getConflict());
            case DENIED -> throw failure(result.getDenied());
            case _NOT_IN_SCHEMA -> throw unknownAnswer();
        }
    }

    /** What the look-up finds; empty when it answers that there is no such thing. */
    static <T extends Json> Optional<T> found(Supplier<T> lookUp) {
        try {
            return Optional.of(lookUp.get());
        } catch (CommandFailure failure) {
            if (failure.status() == ExitStatus.NOT_FOUND) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    static CommandFailure failure(Denial.Reader denial) {
        return CommandFailure.denied(
                denial.getCode().toString(),
                denial.getMessage().toString(),
                denial.getHint().toString());
    }

    private static CommandFailure conflict(long currentVersion, String currentHash) {
        return staleVersion("the record changed: it is at version " + Long.toUnsignedString(currentVersion), "show")
                .with(Json.object().with("currentVersion", currentVersion).with("currentHash", currentHash));
    }

    private static CommandFailure conflict(long currentVersion) {
        String now = currentVersion == 0
                ? "there is no such entry"
                : "the entry is at version " + Long.toUnsignedString(currentVersion);
        return staleVersion("nothing was changed: " + now, "stat")
                .with(Json.object().with("currentVersion", currentVersion));
    }

    private static CommandFailure staleVersion(String message, String verb) {
        return CommandFailure.of(
                ExitStatus.CONFLICT,
                "conflict",
                message,
                "look at it again with '" + verb + "' and retry with its version");
    }

    static CommandFailure unknownAnswer() {
        return CommandFailure.of(
                ExitStatus.UNAVAILABLE,
                "unimplemented",
                "the daemon's answer is of a kind this program does not know",
                "run a program of the same version as the daemon");
    }

    static long unsigned(int value) {
        return Integer.toUnsignedLong(value);
    }

    static <T> Json.Arr list(StructList.Reader<T> items, Function<T, Json> shape) {
        List<Json> shapes = new ArrayList<>();
        for (T item : items) {
            shapes.add(shape.apply(item));
        }
        return new Json.Arr(shapes);
    }
}

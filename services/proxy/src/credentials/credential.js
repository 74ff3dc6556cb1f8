import { parseVerifier } from '@pgbeam/scram';
/** @param passwords by database id, already decrypted */
export function credentialOf(snapshot, asOfSeq, passwords) {
    const { credential, policy, project } = snapshot;
    return {
        id: credential.id,
        projectId: credential.project_id,
        policyId: policy.id,
        name: credential.name,
        principalType: credential.principal_type,
        authMethod: credential.auth_method,
        status: credential.status,
        verifier: parseVerifier(credential.verifier),
        databaseId: credential.database_id ?? undefined,
        databases: snapshot.databases.map((database) => ({
            id: database.id,
            host: database.host,
            port: database.port,
            name: database.name,
            username: database.username,
            password: passwords.get(database.id),
            sslMode: database.ssl_mode,
            sslCa: database.ssl_ca ?? undefined,
            role: database.role,
            queryTimeoutMs: database.query_timeout_ms ?? 0,
        })),
        allowedCidrs: project.allowed_cidrs,
        projectSlug: project.slug,
        policy,
        asOfSeq,
        expiresAtMs: credential.expires_at === null ? Infinity : Date.parse(credential.expires_at),
        stale: false,
    };
}
/** The database of this name that the credential may reach: its own one where it is narrowed, else the primary before a replica. */
export function databaseNamed(credential, name) {
    const candidates = credential.databases.filter((database) => database.name === name && (credential.databaseId === undefined || database.id === credential.databaseId));
    return candidates.find((database) => database.role === 'primary') ?? candidates[0];
}
//# sourceMappingURL=credential.js.map
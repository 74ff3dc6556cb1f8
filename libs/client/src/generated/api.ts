// Generated from docs/openapi.json by `npm run openapi`: do not edit.
export interface paths {
    "/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your personal keys
         * @description Needs the permission `self:read`.
         */
        get: operations["personalKeyList"];
        put?: never;
        /**
         * Create a personal key
         * @description Needs the permission `self:write`.
         */
        post: operations["personalKeyCreate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a personal key
         * @description Needs the permission `self:read`.
         */
        get: operations["personalKeyGet"];
        put?: never;
        post?: never;
        /**
         * Revoke a personal key, for ever and on every replica
         * @description Needs the permission `self:write`.
         */
        delete: operations["personalKeyRevoke"];
        options?: never;
        head?: never;
        /**
         * Rename a personal key
         * @description Needs the permission `self:write`.
         */
        patch: operations["personalKeyRename"];
        trace?: never;
    };
    "/v1/api-keys/{key}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happened to a personal key, newest first
         * @description Needs the permission `self:read`.
         */
        get: operations["personalKeyEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{key}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a second key of equal permissions beside a personal key
         * @description Needs the permission `self:write`.
         */
        post: operations["personalKeyRotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{key}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a personal key was used for, per day and route
         * @description Needs the permission `self:read`.
         */
        get: operations["personalKeyUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/methods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How people may sign in
         * @description What a page for signing in has to offer.
         *
         *     Needs no key.
         */
        get: operations["waysIn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/oidc/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where the OpenID provider sends the browser back to
         * @description Lets in whoever has an account there that is tied to a person here, or brings an invitation; an e-mail address alone lets nobody in.
         *
         *     Needs no key.
         */
        get: operations["finishOidc"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/oidc/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin to sign in at the OpenID provider: where to send the browser
         * @description The browser that asks must be the one that is sent: it gets a cookie that its way back needs, within ten minutes.
         *
         *     Needs no key.
         */
        post: operations["startOidc"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/owner-link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set e-mail address and password with a one-time link, and sign in
         * @description The token is the part of the link behind the #. Every session that the person had before is over.
         *
         *     Needs no key.
         */
        post: operations["useOwnerLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change your password, which ends your other sessions
         * @description Needs the permission `self:write`.
         */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where you are signed in
         * @description Needs the permission `self:read`.
         */
        get: operations["sessionList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a session; it opens nothing any more, on any replica
         * @description Needs the permission `self:write`.
         */
        delete: operations["sessionEnd"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with e-mail address and password
         * @description The session is in the cookie of the answer. A wrong password and an address that nobody has are answered alike.
         *
         *     Needs no key.
         */
        post: operations["signIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End the session of this request
         * @description Needs the permission `self:write`.
         */
        post: operations["signOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sign-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an account with an invitation, which is accepted by this
         * @description The e-mail address is that of the invitation. There is no other way to an account; whoever has one accepts with `POST /v1/invitations/accept`.
         *
         *     Needs no key.
         */
        post: operations["signUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/enforcement/{seq}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is known about the enforcement of one change to a personal key
         * @description Needs the permission `self:read`.
         */
        get: operations["keyReceiptPersonal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/github/secret-scanning": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report secrets found in public (for GitHub, which signs what it sends)
         * @description A key of ours is revoked, a credential paused. Signed with one of the keys that GitHub publishes.
         *
         *     Needs no key.
         */
        post: operations["leakedSecretsReport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether this replica works
         * @description For load balancers and for whoever waits for the start.
         *
         *     Needs no key.
         */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept an invitation as the person who calls
         * @description Needs the permission `self:write`.
         */
        post: operations["invitationAccept"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This description of the API
         * @description As docs/openapi.json of the release.
         *
         *     Needs no key.
         */
        get: operations["openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The organizations that the key opens
         * @description Needs the permission `organization:read`.
         */
        get: operations["organizationList"];
        put?: never;
        /**
         * Create an organization, owned by the person who calls
         * @description Needs the permission `self:write`.
         */
        post: operations["organizationCreate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organization}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an organization
         * @description Needs the permission `organization:read`.
         */
        get: operations["organizationGet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Rename an organization, or change what it asks of keys
         * @description Needs the permission `organization:write`.
         */
        patch: operations["organizationPatch"];
        trace?: never;
    };
    "/v1/organizations/{organization}/access-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who changed the members, keys and rules of an organization, newest first
         * @description Needs the permission `access:read`.
         */
        get: operations["organizationEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organization}/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the keys of an organization
         * @description Needs the permission `key:read`.
         */
        get: operations["organizationKeyList"];
        put?: never;
        /**
         * Create an organization key
         * @description Needs the permission `key:write`.
         */
        post: operations["organizationKeyCreate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organization}/api-keys/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an organization key
         * @description Needs the permission `key:read`.
         */
        get: operations["organizationKeyGet"];
        put?: never;
        post?: never;
        /**
         * Revoke an organization key, for ever and on every replica
         * @description Needs the permission `key:write`.
         */
        delete: operations["organizationKeyRevoke"];
        options?: never;
        head?: never;
        /**
         * Rename an organization key
         * @description Needs the permission `key:write`.
         */
        patch: operations["organizationKeyRename"];
        trace?: never;
    };
    "/v1/organizations/{organization}/api-keys/{key}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happened to an organization key, newest first
         * @description Needs the permission `key:read`.
         */
        get: operations["organizationKeyEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organization}/api-keys/{key}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a second key of equal permissions beside an organization key
         * @description Needs the permission `key:write`.
         */
        post: operations["organizationKeyRotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organization}/api-keys/{key}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What an organization key was used for, per day and route
         * @description Needs the permission `key:read`.
         */
        get: operations["organizationKeyUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organization}/enforcement/{seq}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is known about the enforcement of one change to an organization's key
         * @description Needs the permission `key:read`.
         */
        get: operations["keyReceiptOfOrganization"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organization}/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the invitations of an organization
         * @description Needs the permission `member:read`.
         */
        get: operations["invitationList"];
        put?: never;
        /**
         * Invite somebody; the answer has the link, which is good for seven days and one person
         * @description Needs the permission `member:write`.
         */
        post: operations["invitationCreate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organization}/invitations/{invitation}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an invitation
         * @description Needs the permission `member:write`.
         */
        delete: operations["invitationRevoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organization}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the people of an organization
         * @description Needs the permission `member:read`.
         */
        get: operations["memberList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organization}/members/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove somebody, or leave: their personal keys open the organization no longer, its own keys go on
         * @description Needs the permission `member:write`.
         */
        delete: operations["memberRemove"];
        options?: never;
        head?: never;
        /**
         * Give somebody another role; only owners make or unmake owners
         * @description Needs the permission `member:write`.
         */
        patch: operations["memberSetRole"];
        trace?: never;
    };
    "/v1/organizations/{organization}/restore:confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm the credentials of an organization after a restore, so that they are served again
         * @description Needs the permission `organization:own`.
         */
        post: operations["organizationConfirmRestore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List projects
         * @description Needs the permission `project:read`.
         */
        get: operations["projectList"];
        put?: never;
        /**
         * Create a project with its first database
         * @description Needs the permission `project:write`.
         */
        post: operations["projectCreate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a project
         * @description Needs the permission `project:read`.
         */
        get: operations["projectGet"];
        put?: never;
        post?: never;
        /**
         * Delete a project: its credentials are revoked for ever
         * @description Needs the permission `project:write`.
         */
        delete: operations["projectDelete"];
        options?: never;
        head?: never;
        /**
         * Change a project
         * @description Needs the permission `project:write`.
         */
        patch: operations["projectPatch"];
        trace?: never;
    };
    "/v1/projects/{project}/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List credentials
         * @description Needs the permission `agent:read`.
         */
        get: operations["agentList"];
        put?: never;
        /**
         * Create a credential; its secrets are in this answer only
         * @description Needs the permission `agent:write`.
         */
        post: operations["agentCreate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project}/agents/{agent}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a credential, a revoked one too
         * @description Needs the permission `agent:read`.
         */
        get: operations["agentGet"];
        put?: never;
        post?: never;
        /**
         * Revoke a credential for ever
         * @description Needs the permission `agent:write`.
         */
        delete: operations["agentRevoke"];
        options?: never;
        head?: never;
        /**
         * Change a credential: kill, resume, another policy, another expiry, another name
         * @description Needs the permission `agent:write`.
         */
        patch: operations["agentPatch"];
        trace?: never;
    };
    "/v1/projects/{project}/agents/{agent}/budgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a credential has spent of its policy's budgets
         * @description Needs the permission `agent:read`.
         */
        get: operations["budgetList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project}/agents/{agent}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * New secrets for a credential; the old ones stop working
         * @description Needs the permission `agent:write`.
         */
        post: operations["agentRotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project}/agents:kill": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Kill many credentials, by ids or by filter, all or none of them; each can be resumed
         * @description Needs the permission `agent:write`.
         */
        post: operations["agentKillMany"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project}/agents:revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke many credentials for ever, by ids or by filter, all or none of them
         * @description Needs the permission `agent:write`.
         */
        post: operations["agentRevokeMany"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project}/databases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List databases
         * @description Needs the permission `database:read`.
         */
        get: operations["databaseList"];
        put?: never;
        /**
         * Add a database
         * @description Needs the permission `database:write`.
         */
        post: operations["databaseCreate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project}/databases/{database}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a database
         * @description Needs the permission `database:read`.
         */
        get: operations["databaseGet"];
        put?: never;
        post?: never;
        /**
         * Remove a database: its sessions end, its password is destroyed
         * @description Needs the permission `database:write`.
         */
        delete: operations["databaseDelete"];
        options?: never;
        head?: never;
        /**
         * Change a database: its sessions end; with another default policy alone those of applications with the stored user
         * @description Needs the permission `database:write`.
         */
        patch: operations["databasePatch"];
        trace?: never;
    };
    "/v1/projects/{project}/databases/{database}/scan-pii": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Which columns look as if they should be masked, by names, types and a few rows, read through a live proxy
         * @description Needs the permission `database:write`.
         */
        post: operations["evaluationScan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project}/databases/{database}/schema-catalog": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tables and views of a database with their columns, read through a live proxy
         * @description Needs the permission `database:read`.
         */
        get: operations["evaluationSchema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project}/databases/{database}/test-connection": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Connect to the database through a live proxy
         * @description Needs the permission `database:write`.
         */
        post: operations["databaseTest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project}/enforcement/{seq}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is known about the enforcement of one change
         * @description Needs the permission `enforcement:read`.
         */
        get: operations["enforcementReceipt"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project}/policies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List policies
         * @description Needs the permission `policy:read`.
         */
        get: operations["policyList"];
        put?: never;
        /**
         * Create a policy
         * @description Needs the permission `policy:write`.
         */
        post: operations["policyCreate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project}/policies/{policy}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a policy
         * @description Needs the permission `policy:read`.
         */
        get: operations["policyGet"];
        /**
         * Replace a policy
         * @description Needs the permission `policy:write`.
         */
        put: operations["policyReplace"];
        post?: never;
        /**
         * Delete a policy that no credential is under and that is no default
         * @description Needs the permission `policy:write`.
         */
        delete: operations["policyDelete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project}/policy-evaluations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Dry run: what a policy says to a statement, which is not run
         * @description Needs the permission `policy:read`.
         */
        post: operations["evaluationEvaluate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/proxies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The proxies that run, or did within ten minutes
         * @description Needs the permission `fleet:read`.
         */
        get: operations["proxiesList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who the key belongs to
         * @description Needs the permission `self:read`.
         */
        get: operations["whoami"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AcceptInvitation: {
            token: string;
        };
        AccessEventList: {
            events: {
                seq: number;
                event: string;
                /** @description the key, person, invitation or organization that was changed */
                subject_id: string;
                /** @description the key or person who did it; null where a rule or the passing of time did */
                actor_id: string | null;
                actor_ip: string | null;
                detail: {
                    [key: string]: unknown;
                };
                /** Format: date-time */
                at: string;
            }[];
            next_page_token: string | null;
        };
        ApiKey: {
            id: string;
            name: string;
            /** @enum {string} */
            kind: "personal" | "organization";
            organization_id: string | null;
            user_id: string | null;
            prefix: string;
            tail: string;
            scopes: ("self:read" | "self:write" | "organization:read" | "organization:write" | "organization:own" | "member:read" | "member:write" | "access:read" | "key:read" | "key:write" | "project:read" | "project:write" | "database:read" | "database:write" | "policy:read" | "policy:write" | "agent:read" | "agent:write" | "enforcement:read" | "fleet:read")[];
            project_ids: string[];
            allowed_cidrs: string[];
            /** @enum {string} */
            status: "active" | "expired" | "revoked";
            expires_at: string | null;
            last_used_at: string | null;
            last_used_ip: string | null;
            /** @description the header that carried it */
            last_used_via: ("authorization" | "x-api-key") | null;
            /** @description the User-Agent that sent it */
            last_used_agent: string | null;
            /** @description the key that a rotation put in its place */
            replaced_by: string | null;
            created_by: string | null;
            /** Format: date-time */
            created_at: string;
            revoked_at: string | null;
        };
        ApiKeyEventList: {
            events: {
                seq: number;
                event: string;
                /** @description the key or person who did it; null where a rule or the passing of time did */
                actor_id: string | null;
                actor_ip: string | null;
                detail: {
                    [key: string]: unknown;
                };
                /** Format: date-time */
                at: string;
            }[];
            next_page_token: string | null;
        };
        ApiKeyList: {
            api_keys: components["schemas"]["ApiKey"][];
            next_page_token: string | null;
        };
        ApiKeyReceipt: {
            seq: number;
            enforced: boolean;
            /** @description from the commit until every replica had acknowledged, or outlived its lease; in a pending receipt until now */
            elapsed_ms: number;
            /** @description empty: no proxy knows of keys */
            proxies: Record<string, never>[];
            /** @description processes of the control plane that remember keys */
            replicas: {
                id: string;
                acknowledged: boolean;
                /** @description from the commit until the replica that made the change heard it; null: not acknowledged, or not heard by that one */
                acknowledged_ms: number | null;
                /** @description it could not be heard, and its lease is over: it asks the database about every key */
                fenced: boolean;
            }[];
            /** @description replicas that may still take the key for what it was before */
            missing: string[];
        };
        ApiKeyUsage: {
            last_used_at: string | null;
            last_used_ip: string | null;
            /** @description the header that carried it */
            last_used_via: ("authorization" | "x-api-key") | null;
            last_used_agent: string | null;
            usage: {
                /** Format: date */
                date: string;
                method: string;
                route: string;
                requests: number;
                /** @description of these, answered with a 4xx or 5xx */
                failures: number;
            }[];
        };
        BudgetList: {
            budgets: {
                /**
                 * @description the field of the policy
                 * @enum {string}
                 */
                budget: "budget_queries_per_hour" | "budget_queries_per_day" | "egress_bytes_per_day";
                limit: number;
                /** @description in the window that counts now, as far as proxies have said */
                spent: number;
                /** @description what proxies hold in advance: some of it may be spent by now, the rest is given back */
                held: number;
                /**
                 * Format: date-time
                 * @description when the window ends, and the budget is whole again
                 */
                resets_at: string;
            }[];
        };
        ChangeApiKey: {
            name: string;
        };
        ChangeCredential: {
            name?: string;
            policy_profile_id?: string;
            expires_at?: string | null;
            /** @enum {string} */
            status?: "active" | "killed" | "disabled";
        };
        ChangeDatabase: {
            host?: string;
            port?: number;
            name?: string;
            username?: string;
            password?: string;
            /** @enum {string} */
            ssl_mode?: "disable" | "allow" | "prefer" | "require" | "verify-ca" | "verify-full";
            ssl_ca?: string | null;
            /** @enum {string} */
            role?: "primary" | "replica";
            query_timeout_ms?: number | null;
            pool_config?: {
                /**
                 * @description not available yet: takes nothing else so far
                 * @constant
                 */
                pool_mode?: "session";
                /** @description not available yet: takes nothing else so far */
                pool_size?: null;
                /** @description not available yet: takes nothing else so far */
                min_pool_size?: null;
                /** @description not available yet: takes nothing else so far */
                max_active?: null;
            };
            /** @description the policy of applications that log in with the stored user; null leaves them to the project's default */
            default_policy_profile_id?: string | null;
        };
        ChangeMember: {
            /** @enum {string} */
            role: "owner" | "admin" | "member";
        };
        ChangeOrganization: {
            name?: string;
            /** @description only owners change these: they bind everybody else */
            key_rules?: {
                /** @description the longest that a key may live; null for no limit */
                lifetime_days_max?: (30 | 90 | 365) | null;
                /** @description keys that do not expire open nothing here */
                expiry_required?: boolean;
                /** @description whether keys of people open this organization, or its own keys alone */
                personal_keys_allowed?: boolean;
                /** @description whether a key that was found in public is revoked at once */
                leaked_keys_revoked?: boolean;
            };
        };
        ChangePassword: {
            current_password: string;
            new_password: string;
        };
        ChangeProject: {
            name?: string;
            description?: string | null;
            tags?: string[];
            allowed_cidrs?: {
                cidr: string;
                /** @default null */
                label?: string | null;
            }[];
            /** @description the policy of applications that log in with the stored user of a database without a default of its own; null leaves them unrestricted */
            default_policy_profile_id?: string | null;
            /**
             * @description what a proxy that has lost its control plane does with applications that log in with a stored user: `serve` goes on as things stood, `refuse` stops them with everybody else
             * @enum {string}
             */
            on_control_loss?: "serve" | "refuse";
            /** @description the kill switch of the whole project: while it is true, all sessions of its credentials end and no login succeeds */
            agents_disabled?: boolean;
        };
        ChooseCredentials: {
            ids: string[];
            /**
             * @description only says what would be changed
             * @default false
             */
            dry_run?: boolean;
        } | {
            /** @description credentials that meet all of these conditions, except for those that are revoked */
            filter: {
                policy_profile_id?: string;
                /** @enum {string} */
                principal_type?: "agent" | "human";
                /**
                 * Format: date-time
                 * @description one that was never used counts as used when it was made
                 */
                last_used_before?: string;
                /** Format: date-time */
                created_before?: string;
                /** @enum {string} */
                status?: "active" | "killed";
            };
            /**
             * @description only says what would be changed
             * @default false
             */
            dry_run?: boolean;
        };
        ConfirmRestore: {
            /** @description as the organization shows it: what was looked at is what is confirmed */
            log_epoch: string;
        };
        ConnectionTest: {
            ok: boolean;
            latency_ms: number | null;
            error: string | null;
            server_version: string | null;
        };
        CreateApiKey: {
            name: string;
            expires_in_days: (30 | 90 | 365) | null;
            /**
             * @description permissions that the key is held to; empty for all that its owner has
             * @default []
             */
            scopes?: ("self:read" | "self:write" | "organization:read" | "organization:write" | "organization:own" | "member:read" | "member:write" | "access:read" | "key:read" | "key:write" | "project:read" | "project:write" | "database:read" | "database:write" | "policy:read" | "policy:write" | "agent:read" | "agent:write" | "enforcement:read" | "fleet:read")[];
            /**
             * @description projects that the key is held to; empty for all
             * @default []
             */
            project_ids?: string[];
            /** @description addresses that the key may be used from; empty for all */
            allowed_cidrs?: (string)[];
        };
        CreateCredential: {
            name: string;
            policy_profile_id: string;
            /**
             * @default agent
             * @enum {string}
             */
            principal_type?: "agent" | "human";
            expires_at?: string | null;
            /**
             * @default scram-sha-256
             * @enum {string}
             */
            auth_method?: "scram-sha-256" | "cleartext";
            /** @default null */
            database_id?: string | null;
        };
        CreateDatabase: {
            host: string;
            /** @default 5432 */
            port?: number;
            name: string;
            username: string;
            password: string;
            /**
             * @default require
             * @enum {string}
             */
            ssl_mode?: "disable" | "allow" | "prefer" | "require" | "verify-ca" | "verify-full";
            /** @default null */
            ssl_ca?: string | null;
            /**
             * @default primary
             * @enum {string}
             */
            role?: "primary" | "replica";
            /** @default null */
            query_timeout_ms?: number | null;
            pool_config?: {
                /**
                 * @description not available yet: takes nothing else so far
                 * @constant
                 */
                pool_mode?: "session";
                /** @description not available yet: takes nothing else so far */
                pool_size?: null;
                /** @description not available yet: takes nothing else so far */
                min_pool_size?: null;
                /** @description not available yet: takes nothing else so far */
                max_active?: null;
            };
            /**
             * @description the policy of applications that log in with the stored user; null leaves them to the project's default
             * @default null
             */
            default_policy_profile_id?: string | null;
        };
        CreateInvitation: {
            email: string;
            /**
             * @default member
             * @enum {string}
             */
            role?: "owner" | "admin" | "member";
        };
        CreateOrganization: {
            name: string;
        };
        CreateProject: {
            name: string;
            /** @default null */
            description?: string | null;
            /** @default [] */
            tags?: string[];
            allowed_cidrs?: {
                cidr: string;
                /** @default null */
                label?: string | null;
            }[];
            /**
             * @description the policy of applications that log in with the stored user of a database without a default of its own; null leaves them unrestricted
             * @default null
             */
            default_policy_profile_id?: string | null;
            /**
             * @description what a proxy that has lost its control plane does with applications that log in with a stored user: `serve` goes on as things stood, `refuse` stops them with everybody else
             * @default serve
             * @enum {string}
             */
            on_control_loss?: "serve" | "refuse";
            /**
             * @description the kill switch of the whole project: while it is true, all sessions of its credentials end and no login succeeds
             * @default false
             */
            agents_disabled?: boolean;
            org_id: string;
            database: components["schemas"]["CreateDatabase"];
        };
        CreatedProject: {
            project: components["schemas"]["Project"];
            database: components["schemas"]["Database"];
        };
        Credential: {
            id: string;
            project_id: string;
            policy_profile_id: string;
            database_id: string | null;
            name: string;
            pg_username: string;
            /** @enum {string} */
            status: "active" | "killed" | "revoked";
            /** @enum {string} */
            principal_type: "agent" | "human";
            /** @enum {string} */
            auth_method: "scram-sha-256" | "cleartext";
            last_used_at: string | null;
            /** @description logins with the password from before a rotation: something still has it */
            stale_secret_attempts: {
                attempts: number;
                /** Format: date-time */
                first_at: string;
                /** Format: date-time */
                last_at: string;
                /** @description the latest first, at most ten */
                addresses: string[];
            } | null;
            expires_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        CredentialList: {
            agents: components["schemas"]["Credential"][];
            next_page_token: string | null;
        };
        CredentialsChanged: {
            /** @description true: nothing was changed */
            dry_run: boolean;
            /** @description the credentials that this call has changed or, in a dry run, would change */
            agents: string[];
            changed: number;
            /** @description how many of the chosen ones were so already */
            already: number;
            /** @description of the last event, with what all events of this call ended. null: there was nothing to enforce */
            receipt: components["schemas"]["Receipt"] | null;
        };
        CredentialsChangedReceipt: {
            seq: number;
            enforced: boolean;
            /** @description from the commit until every proxy had acknowledged, gone, or outlived its lease; in a pending receipt until now. A receipt asked for later takes the slowest of them */
            elapsed_ms: number;
            proxies: {
                id: string;
                incarnation: string;
                acknowledged: boolean;
                /** @description from the commit until the acknowledgement arrived, where the replica that made the change waited for it; else from the time of the event until the control plane first knew of it, which is an upper bound. null: not acknowledged */
                acknowledged_ms: number | null;
                /** @description it could not be heard, and its lease ran out: it serves no credential until it has applied the change */
                fenced: boolean;
                /** @description its lease is over, and it may go on serving applications that use the stored user, as the project asks for: of those nothing is known until it acknowledges */
                passthrough_unconfirmed: boolean;
                sessions_dropped: number;
                statements_cancelled: number;
                /** @description whether the two counts are known: they come with the acknowledgement, and are not known where it was lost on its way */
                settled: boolean;
                /** @description of a fenced proxy: how many sessions at databases it had open that the change is about, as far as it had told. null: not fenced, or nobody has looked yet */
                backends_known: number | null;
                /** @description of a fenced proxy: how many of these sessions another proxy has ended at the database, or found gone. All of them where it is as many as are known */
                backends_ended: number | null;
            }[];
            /** @description incarnations of proxies that may still serve the state before */
            missing: string[];
            /** @description in words, where applications may still be served without a lease: passthrough unconfirmed on which proxies */
            reason: string | null;
            /** @description true: nothing was changed */
            dry_run: boolean;
            /** @description the credentials that this call has changed or, in a dry run, would change */
            agents: string[];
            changed: number;
            /** @description how many of the chosen ones were so already */
            already: number;
        };
        Database: {
            id: string;
            project_id: string;
            host: string;
            port: number;
            name: string;
            username: string;
            /** @enum {string} */
            ssl_mode: "disable" | "allow" | "prefer" | "require" | "verify-ca" | "verify-full";
            ssl_ca: string | null;
            /** @enum {string} */
            role: "primary" | "replica";
            query_timeout_ms: number | null;
            pool_config: {
                pool_size: null;
                min_pool_size: null;
                /** @constant */
                pool_mode: "session";
                max_active: null;
            };
            default_policy_profile_id: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        DatabaseList: {
            databases: components["schemas"]["Database"][];
            next_page_token: string | null;
        };
        EvaluatePolicy: {
            sql: string;
            /** @description A policy of the project. */
            policy_id: string;
            /** @description The database whose tables count; else the oldest primary of the project. */
            database_id?: string;
        } | {
            sql: string;
            /** @description A policy that is not stored, in the words of a stored one. */
            policy: {
                name?: string;
                /**
                 * @default read_only
                 * @enum {string}
                 */
                access_mode?: "read_only" | "read_write";
                statement_rules?: {
                    /** @description Kinds of statements that may run; null for all that the access mode lets through. The access mode stays the ceiling. */
                    allow?: ("select" | "insert" | "update" | "delete" | "ddl" | "copy" | "set" | "show" | "explain" | "transaction")[] | null;
                    /** @description Kinds of statements that may not run. It wins over allow. */
                    deny?: ("select" | "insert" | "update" | "delete" | "ddl" | "copy" | "set" | "show" | "explain" | "transaction")[];
                } | null;
                /**
                 * @description Tables that may be named; null for all. A bare name means the schema public; schema.* means every table of a schema.
                 * @default null
                 */
                table_allowlist?: string[] | null;
                /**
                 * @description Tables that may not be named, whatever the other list says.
                 * @default null
                 */
                table_denylist?: string[] | null;
                /**
                 * @description Columns whose values are never shown. With access_mode read_write, writes that could tell of them are refused.
                 * @default null
                 */
                masking_rules?: {
                    /**
                     * @example orders
                     * @example sales.orders
                     * @example sales.*
                     * @example "Order Items"
                     */
                    table: string;
                    column: string;
                    /**
                     * @description redact: one constant for the type; null: NULL; hash: HMAC-SHA-256 under a key of the project (text, uuid, bigint), which lets equal values be told; partial: the last four of eight or more characters (text).
                     * @enum {string}
                     */
                    kind: "redact" | "null" | "hash" | "partial";
                }[] | null;
                /**
                 * @description Which rows of a table are seen; several on one table must all be true. With access_mode read_write, nothing is written to such a table.
                 * @default null
                 */
                row_filters?: {
                    /**
                     * @example orders
                     * @example sales.orders
                     * @example sales.*
                     * @example "Order Items"
                     */
                    table: string;
                    /** @description A condition over the table's own columns; only rows that make it true are seen. Operators and functions are the built-in ones. */
                    predicate: string;
                }[] | null;
                /**
                 * @description Milliseconds that a statement may take; the smaller of this and the database's query_timeout_ms counts.
                 * @default null
                 */
                statement_timeout_ms?: number | null;
                /**
                 * @description Rows that one statement, portal or cursor delivers at most. What is beyond is cut off, and a notice (01004) says so.
                 * @default null
                 */
                max_rows?: number | null;
                /**
                 * @description Rows that one statement may insert, update, delete or merge. One that affects more is rolled back (54000).
                 * @default null
                 */
                max_affected_rows?: number | null;
                /**
                 * @description Statements that one credential may run in an hour of UTC, over all proxies.
                 * @default null
                 */
                budget_queries_per_hour?: number | null;
                /**
                 * @description Statements that one credential may run in a day of UTC, over all proxies.
                 * @default null
                 */
                budget_queries_per_day?: number | null;
                /**
                 * @description Bytes of rows and COPY data that one credential may be sent in a day of UTC, over all proxies.
                 * @default null
                 */
                egress_bytes_per_day?: number | null;
                /** @description not available yet: takes nothing else so far */
                audit?: null | unknown[];
                /** @description not available yet: takes nothing else so far */
                write_mode?: null | unknown[];
                /** @description not available yet: takes nothing else so far */
                approval_mode?: null | unknown[];
                /** @description not available yet: takes nothing else so far */
                migration_safety?: null | unknown[];
            };
            /** @description The database whose tables count; else the oldest primary of the project. */
            database_id?: string;
        };
        Health: {
            /**
             * @description degraded: no change can be shown as enforced until NATS is back
             * @enum {string}
             */
            status: "ok" | "degraded";
            /** @constant */
            database: "connected";
            /** @enum {string} */
            nats: "connected" | "disconnected";
            /** @description of all proxies together: the worst of them */
            kill_switch: {
                /**
                 * @description `armed`: a credential that exists for it was let in, killed, and refused in time; `degraded`: late, or nothing could be shown; `disarmed`: it was let in although killed, or nobody looks
                 * @enum {string}
                 */
                status: "armed" | "degraded" | "disarmed";
                /** @description null where armed. `let_in`: the killed credential was let in, or its session stayed open; `late`; `no_answer`; `lease_over`: the proxy serves nothing until it renews; `not_admitted`: the credential was refused before it was killed; `unclear`: it was refused for something else; `not_checked`: no trial yet, or none for three intervals; `no_proxies`; `off`: trials are switched off */
                reason: ("off" | "no_proxies" | "not_checked" | "lease_over" | "late" | "no_answer" | "not_admitted" | "unclear" | "let_in") | null;
                /** @description when the trial was over that lies back furthest; null before the first */
                checked_at: string | null;
            };
        };
        Invitation: {
            id: string;
            organization_id: string;
            email: string;
            /** @enum {string} */
            role: "owner" | "admin" | "member";
            /**
             * @description also revoked when the key that made it was
             * @enum {string}
             */
            status: "pending" | "accepted" | "revoked" | "expired";
            /** @description the person, or the organization key */
            invited_by: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            accepted_at: string | null;
            accepted_by: string | null;
        };
        InvitationList: {
            invitations: components["schemas"]["Invitation"][];
            next_page_token: string | null;
        };
        IssuedApiKey: {
            api_key: components["schemas"]["ApiKey"];
            /** @description shown once */
            key: string;
        };
        IssuedCredential: {
            credential: components["schemas"]["Credential"];
            /** @description shown once */
            connection_string: string;
            mcp_url: string;
            /** @description shown once */
            mcp_token: string;
            /** @description shown once */
            password: string;
        };
        IssuedCredentialWithReceipt: {
            seq: number;
            enforced: boolean;
            /** @description from the commit until every proxy had acknowledged, gone, or outlived its lease; in a pending receipt until now. A receipt asked for later takes the slowest of them */
            elapsed_ms: number;
            proxies: {
                id: string;
                incarnation: string;
                acknowledged: boolean;
                /** @description from the commit until the acknowledgement arrived, where the replica that made the change waited for it; else from the time of the event until the control plane first knew of it, which is an upper bound. null: not acknowledged */
                acknowledged_ms: number | null;
                /** @description it could not be heard, and its lease ran out: it serves no credential until it has applied the change */
                fenced: boolean;
                /** @description its lease is over, and it may go on serving applications that use the stored user, as the project asks for: of those nothing is known until it acknowledges */
                passthrough_unconfirmed: boolean;
                sessions_dropped: number;
                statements_cancelled: number;
                /** @description whether the two counts are known: they come with the acknowledgement, and are not known where it was lost on its way */
                settled: boolean;
                /** @description of a fenced proxy: how many sessions at databases it had open that the change is about, as far as it had told. null: not fenced, or nobody has looked yet */
                backends_known: number | null;
                /** @description of a fenced proxy: how many of these sessions another proxy has ended at the database, or found gone. All of them where it is as many as are known */
                backends_ended: number | null;
            }[];
            /** @description incarnations of proxies that may still serve the state before */
            missing: string[];
            /** @description in words, where applications may still be served without a lease: passthrough unconfirmed on which proxies */
            reason: string | null;
            credential: components["schemas"]["Credential"];
            /** @description shown once */
            connection_string: string;
            mcp_url: string;
            /** @description shown once */
            mcp_token: string;
            /** @description shown once */
            password: string;
        };
        Joined: {
            organization: {
                id: string;
                name: string;
                slug: string;
                /** @enum {string} */
                role: "owner" | "admin" | "member";
            };
        };
        KeyRules: {
            /** @description the longest that a key may live; null for no limit */
            lifetime_days_max: (30 | 90 | 365) | null;
            /** @description keys that do not expire open nothing here */
            expiry_required: boolean;
            /** @description whether keys of people open this organization, or its own keys alone */
            personal_keys_allowed: boolean;
            /** @description whether a key that was found in public is revoked at once */
            leaked_keys_revoked: boolean;
        };
        MadeInvitation: {
            invitation: components["schemas"]["Invitation"];
            /** @description shown once: no mail is sent, so pass it on to whom it is for; whoever has it may join */
            link: string;
            /** @description the secret part of the link, shown once */
            token: string;
        };
        Member: {
            user_id: string;
            name: string;
            /** @description null until they sign in for the first time */
            email: string | null;
            /** @enum {string} */
            role: "owner" | "admin" | "member";
            /** Format: date-time */
            joined_at: string;
        };
        MemberList: {
            members: components["schemas"]["Member"][];
            next_page_token: string | null;
        };
        OidcStarted: {
            authorization_url: string;
        };
        Organization: {
            id: string;
            name: string;
            slug: string;
            /**
             * @description of the caller; an organization key acts as an admin
             * @enum {string}
             */
            role: "owner" | "admin" | "member";
            key_rules: components["schemas"]["KeyRules"];
            restore: {
                /** @description false after the control plane's database was restored or failed over: every credential is served as killed until an owner confirms */
                confirmed: boolean;
                /** @description the life of the enforcement log that is confirmed by naming it */
                log_epoch: string;
            };
            /** Format: date-time */
            created_at: string;
        };
        OrganizationList: {
            organizations: {
                id: string;
                name: string;
                slug: string;
                /** @enum {string} */
                role: "owner" | "admin" | "member";
            }[];
        };
        PiiScan: {
            findings: {
                /** @description As a policy writes it. */
                table: string;
                column: string;
                type: string;
                /** @enum {string} */
                category: "email" | "phone" | "payment_card" | "bank_account" | "national_id" | "ip_address" | "person_name" | "postal_address" | "date_of_birth" | "secret";
                evidence: ("name" | "type" | "sample")[];
                /** @enum {string} */
                confidence: "low" | "medium" | "high";
                /** @description Of the values that were looked at, how many look like it; null where none does or none was looked at. */
                sample_share: number | null;
                /** @description A mask that fits the type. */
                suggestion: {
                    table: string;
                    column: string;
                    /** @enum {string} */
                    kind: "redact" | "null" | "hash" | "partial";
                };
            }[];
            scanned: {
                relations: number;
                columns: number;
                rows: number;
            };
            skipped: {
                table: string;
                reason: string;
            }[];
            truncated: boolean;
        };
        Policy: {
            id: string;
            project_id: string;
            name: string;
            /** @enum {string} */
            access_mode: "read_only" | "read_write";
            statement_rules: {
                allow: ("select" | "insert" | "update" | "delete" | "ddl" | "copy" | "set" | "show" | "explain" | "transaction")[] | null;
                deny: ("select" | "insert" | "update" | "delete" | "ddl" | "copy" | "set" | "show" | "explain" | "transaction")[];
            } | null;
            table_allowlist: string[] | null;
            table_denylist: string[] | null;
            masking_rules: {
                table: string;
                column: string;
                /** @enum {string} */
                kind: "redact" | "null" | "hash" | "partial";
            }[] | null;
            row_filters: {
                table: string;
                predicate: string;
            }[] | null;
            statement_timeout_ms: number | null;
            max_rows: number | null;
            max_affected_rows: number | null;
            budget_queries_per_hour: number | null;
            budget_queries_per_day: number | null;
            egress_bytes_per_day: number | null;
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        PolicyEvaluation: {
            /** @enum {string} */
            verdict: "allow" | "block" | "mask" | "row-filter";
            rule: string;
            reason: string;
            hint: string | null;
            sqlstate: string | null;
            statement_kinds: string[];
            masked_columns: {
                column: string;
                kind: string;
            }[];
            row_filter_predicate: string | null;
            rewritten_sql: string | null;
            notes: string[];
            database_id: string;
        };
        PolicyList: {
            policies: components["schemas"]["Policy"][];
            next_page_token: string | null;
        };
        /** @description RFC 9457: what went wrong, and in which field */
        Problem: {
            type: string;
            title: string;
            status: number;
            code: string;
            detail: string;
            request_id: string;
            errors: {
                field: string;
                code: string;
                detail: string;
            }[];
            /** @description for older clients */
            error: {
                code: string;
                message: string;
            };
        };
        Project: {
            id: string;
            org_id: string;
            name: string;
            description: string | null;
            tags: string[];
            slug: string;
            proxy_host: string;
            proxy_port: number;
            mcp_url: string;
            allowed_cidrs: {
                cidr: string;
                label: string | null;
            }[];
            default_policy_profile_id: string | null;
            /** @enum {string} */
            on_control_loss: "serve" | "refuse";
            agents_disabled: boolean;
            database_count: number;
            active_connections: number;
            /** @enum {string} */
            status: "active" | "suspended" | "deleted";
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        ProjectList: {
            projects: components["schemas"]["Project"][];
            total: number;
            next_page_token: string | null;
        };
        ProxyList: {
            proxies: {
                id: string;
                incarnation: string;
                version: string;
                address: string;
                /** @description what lets it serve without asking for each statement */
                lease: {
                    /**
                     * @description `over`: it has not renewed in time, and serves no credential until it does
                     * @enum {string}
                     */
                    status: "held" | "over";
                    length_ms: number;
                };
                /** @description null for a process that was not heard for a minute */
                kill_switch: {
                    /**
                     * @description `armed`: a credential that exists for it was let in, killed, and refused in time; `degraded`: late, or nothing could be shown; `disarmed`: it was let in although killed, or nobody looks
                     * @enum {string}
                     */
                    status: "armed" | "degraded" | "disarmed";
                    /** @description null where armed. `let_in`: the killed credential was let in, or its session stayed open; `late`; `no_answer`; `lease_over`: the proxy serves nothing until it renews; `not_admitted`: the credential was refused before it was killed; `unclear`: it was refused for something else; `not_checked`: no trial yet, or none for three intervals; `no_proxies`; `off`: trials are switched off */
                    reason: ("off" | "no_proxies" | "not_checked" | "lease_over" | "late" | "no_answer" | "not_admitted" | "unclear" | "let_in") | null;
                    /** @description in the last trial, from the call that kills until the proxy had acknowledged */
                    enforced_ms: number | null;
                    /** @description in the last trial, from the call that kills until the proxy was seen to refuse */
                    refused_ms: number | null;
                    checked_at: string | null;
                } | null;
                applied_seq: number;
                /** @description open sessions of the projects that the caller may see */
                sessions: number;
                /** Format: date-time */
                heard_at: string;
                /** Format: date-time */
                enrolled_at: string;
            }[];
        };
        Receipt: {
            seq: number;
            enforced: boolean;
            /** @description from the commit until every proxy had acknowledged, gone, or outlived its lease; in a pending receipt until now. A receipt asked for later takes the slowest of them */
            elapsed_ms: number;
            proxies: {
                id: string;
                incarnation: string;
                acknowledged: boolean;
                /** @description from the commit until the acknowledgement arrived, where the replica that made the change waited for it; else from the time of the event until the control plane first knew of it, which is an upper bound. null: not acknowledged */
                acknowledged_ms: number | null;
                /** @description it could not be heard, and its lease ran out: it serves no credential until it has applied the change */
                fenced: boolean;
                /** @description its lease is over, and it may go on serving applications that use the stored user, as the project asks for: of those nothing is known until it acknowledges */
                passthrough_unconfirmed: boolean;
                sessions_dropped: number;
                statements_cancelled: number;
                /** @description whether the two counts are known: they come with the acknowledgement, and are not known where it was lost on its way */
                settled: boolean;
                /** @description of a fenced proxy: how many sessions at databases it had open that the change is about, as far as it had told. null: not fenced, or nobody has looked yet */
                backends_known: number | null;
                /** @description of a fenced proxy: how many of these sessions another proxy has ended at the database, or found gone. All of them where it is as many as are known */
                backends_ended: number | null;
            }[];
            /** @description incarnations of proxies that may still serve the state before */
            missing: string[];
            /** @description in words, where applications may still be served without a lease: passthrough unconfirmed on which proxies */
            reason: string | null;
        };
        RotateApiKey: {
            /**
             * @description for how long the old key goes on working beside the new one; 0 ends it at once
             * @default 0
             */
            grace_seconds?: number;
        };
        RotatedApiKey: {
            api_key: components["schemas"]["ApiKey"];
            /** @description shown once */
            key: string;
            /** @description the old key, and when it ends */
            replaced: components["schemas"]["ApiKey"];
        };
        RotatedApiKeyWithReceipt: {
            seq: number;
            enforced: boolean;
            /** @description from the commit until every replica had acknowledged, or outlived its lease; in a pending receipt until now */
            elapsed_ms: number;
            /** @description empty: no proxy knows of keys */
            proxies: Record<string, never>[];
            /** @description processes of the control plane that remember keys */
            replicas: {
                id: string;
                acknowledged: boolean;
                /** @description from the commit until the replica that made the change heard it; null: not acknowledged, or not heard by that one */
                acknowledged_ms: number | null;
                /** @description it could not be heard, and its lease is over: it asks the database about every key */
                fenced: boolean;
            }[];
            /** @description replicas that may still take the key for what it was before */
            missing: string[];
            api_key: components["schemas"]["ApiKey"];
            /** @description shown once */
            key: string;
            /** @description the old key, and when it ends */
            replaced: components["schemas"]["ApiKey"];
        };
        ScanPii: {
            /**
             * @description Rows of each table that are looked at; 0 judges by names and types alone. Values stay in the proxy.
             * @default 200
             */
            sample_rows?: number;
        };
        SchemaCatalog: {
            relations: {
                schema: string;
                name: string;
                /** @enum {string} */
                kind: "table" | "partitioned_table" | "view" | "materialized_view" | "foreign_table";
                comment: string | null;
                columns: {
                    name: string;
                    type: string;
                    nullable: boolean;
                    primary_key: boolean;
                }[];
            }[];
            truncated: boolean;
        };
        Session: {
            id: string;
            /**
             * @description how the person proved who they are
             * @enum {string}
             */
            method: "password" | "oidc" | "owner_link" | "invitation";
            /** @description the session of this request */
            current: boolean;
            address: string | null;
            /** @description the User-Agent that signed in */
            agent: string | null;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description to about five minutes
             */
            last_seen_at: string;
            /** Format: date-time */
            expires_at: string;
        };
        SessionList: {
            sessions: components["schemas"]["Session"][];
            next_page_token: string | null;
        };
        SignIn: {
            email: string;
            password: string;
        };
        SignUp: {
            /** @description of the invitation */
            token: string;
            name: string;
            password: string;
        };
        /** @description The session itself is in the cookie */
        SignedIn: {
            user: {
                id: string;
                name: string;
                email: string | null;
            };
            session: components["schemas"]["Session"];
        };
        StartOidc: {
            /** @description the token of an invitation that the person accepts by this */
            invitation?: string;
            /**
             * @description ties the account at the provider to the person who is signed in
             * @default false
             */
            link?: boolean;
        };
        UseOwnerLink: {
            /** @description of the link */
            token: string;
            email: string;
            password: string;
            name?: string;
        };
        WaysIn: {
            /** @constant */
            password: true;
            /** @description the OpenID provider, if one is configured */
            oidc: {
                name: string;
            } | null;
        };
        WhoAmI: {
            principal: {
                /** @enum {string} */
                type: "user" | "organization";
                id: string;
            };
            /** @description null for a session */
            key: {
                id: string;
                /** @enum {string} */
                kind: "personal" | "organization";
                name: string;
            } | null;
            /** @description null for a personal key */
            organization: {
                id: string;
                name: string;
                slug: string;
            } | null;
            /** @description every organization that the key opens */
            organizations: {
                id: string;
                name: string;
                slug: string;
                /** @enum {string} */
                role: "owner" | "admin" | "member";
            }[];
            /** @description permissions that the key is held to; empty for all that its owner has */
            scopes: string[];
            /** @description projects that the key is held to; empty for all */
            project_ids: string[];
            expires_at: string | null;
        };
        WritePolicy: {
            name: string;
            /**
             * @default read_only
             * @enum {string}
             */
            access_mode?: "read_only" | "read_write";
            statement_rules?: {
                /** @description Kinds of statements that may run; null for all that the access mode lets through. The access mode stays the ceiling. */
                allow?: ("select" | "insert" | "update" | "delete" | "ddl" | "copy" | "set" | "show" | "explain" | "transaction")[] | null;
                /** @description Kinds of statements that may not run. It wins over allow. */
                deny?: ("select" | "insert" | "update" | "delete" | "ddl" | "copy" | "set" | "show" | "explain" | "transaction")[];
            } | null;
            /**
             * @description Tables that may be named; null for all. A bare name means the schema public; schema.* means every table of a schema.
             * @default null
             */
            table_allowlist?: string[] | null;
            /**
             * @description Tables that may not be named, whatever the other list says.
             * @default null
             */
            table_denylist?: string[] | null;
            /**
             * @description Columns whose values are never shown. With access_mode read_write, writes that could tell of them are refused.
             * @default null
             */
            masking_rules?: {
                /**
                 * @example orders
                 * @example sales.orders
                 * @example sales.*
                 * @example "Order Items"
                 */
                table: string;
                column: string;
                /**
                 * @description redact: one constant for the type; null: NULL; hash: HMAC-SHA-256 under a key of the project (text, uuid, bigint), which lets equal values be told; partial: the last four of eight or more characters (text).
                 * @enum {string}
                 */
                kind: "redact" | "null" | "hash" | "partial";
            }[] | null;
            /**
             * @description Which rows of a table are seen; several on one table must all be true. With access_mode read_write, nothing is written to such a table.
             * @default null
             */
            row_filters?: {
                /**
                 * @example orders
                 * @example sales.orders
                 * @example sales.*
                 * @example "Order Items"
                 */
                table: string;
                /** @description A condition over the table's own columns; only rows that make it true are seen. Operators and functions are the built-in ones. */
                predicate: string;
            }[] | null;
            /**
             * @description Milliseconds that a statement may take; the smaller of this and the database's query_timeout_ms counts.
             * @default null
             */
            statement_timeout_ms?: number | null;
            /**
             * @description Rows that one statement, portal or cursor delivers at most. What is beyond is cut off, and a notice (01004) says so.
             * @default null
             */
            max_rows?: number | null;
            /**
             * @description Rows that one statement may insert, update, delete or merge. One that affects more is rolled back (54000).
             * @default null
             */
            max_affected_rows?: number | null;
            /**
             * @description Statements that one credential may run in an hour of UTC, over all proxies.
             * @default null
             */
            budget_queries_per_hour?: number | null;
            /**
             * @description Statements that one credential may run in a day of UTC, over all proxies.
             * @default null
             */
            budget_queries_per_day?: number | null;
            /**
             * @description Bytes of rows and COPY data that one credential may be sent in a day of UTC, over all proxies.
             * @default null
             */
            egress_bytes_per_day?: number | null;
            /** @description not available yet: takes nothing else so far */
            audit?: null | unknown[];
            /** @description not available yet: takes nothing else so far */
            write_mode?: null | unknown[];
            /** @description not available yet: takes nothing else so far */
            approval_mode?: null | unknown[];
            /** @description not available yet: takes nothing else so far */
            migration_safety?: null | unknown[];
        };
    };
    responses: {
        /** @description Another problem */
        Problem: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description INVALID_INPUT: the request is malformed, or a value is out of range or unknown */
        Problem400: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description UNAUTHORIZED: there is no key, or none that is valid */
        Problem401: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description FORBIDDEN: the key, or the role of its owner, does not permit this */
        Problem403: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description NOT_FOUND: there is no such thing among what the key opens */
        Problem404: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description INVALID_STATE, RESOURCE_EXISTS, CONFLICT or IDEMPOTENCY_KEY_REUSED: this does not go with what is there, or with what was sent before */
        Problem409: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description PRECONDITION_FAILED: it was changed since the ETag of If-Match was read */
        Problem412: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description PAYLOAD_TOO_LARGE: the body is larger than 2 MB, or than 16 kB where anybody may call */
        Problem413: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description UNSUPPORTED_MEDIA_TYPE: the body is not JSON */
        Problem415: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description RATE_LIMITED: too many calls with this key, or without a valid one from this address; Retry-After says when to come back */
        Problem429: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description INTERNAL_ERROR: something went wrong here */
        Problem500: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description BAD_GATEWAY: another service did not answer as it should */
        Problem502: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description SERVICE_UNAVAILABLE: a part that this needs cannot be reached, or is busy */
        Problem503: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description TIMEOUT: a proxy did not answer in time */
        Problem504: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
        RequestId: string;
        /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
        IdempotencyKey: string;
        /** @description ETag of what is to be changed, as it was read: 412 if it was changed since */
        IfMatch: string | "*" | unknown;
        /** @description ETag of what is known already: 304 if it is the same still */
        IfNoneMatch: string | "*" | unknown;
        /** @description `respond-async`: 202 at once, without waiting for the proxies */
        Prefer: string;
        /** @description `respond-async`: 202 at once, without waiting for the proxies; `return=representation`: 200 with the receipt instead of 204 */
        PreferReceipt: string;
    };
    requestBodies: never;
    headers: {
        /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
        "X-Request-Id": string;
        /** @description when the key of this request ends, RFC 3339; absent for one that does not */
        "PgBeam-Key-Expires-At": string;
        /** @description what is known of the enforcement, e.g. `seq=41, enforced, elapsed-ms=9, proxies=3, fenced=0, sessions=42, statements=1`, and of fenced proxies `backends=3, backends-ended=2`: their sessions at databases, as far as somebody has looked. Absent where proxies have nothing to enforce */
        "PgBeam-Enforcement": string;
        /** @description where what was made, or the receipt, can be read, or where the browser goes on */
        Location: string;
        /** @description the preference of `Prefer` that was followed */
        "Preference-Applied": string;
        /** @description `<address>; rel="next"` of the next page, where there is one */
        Link: string;
        /** @description `true` on an answer that was given before to the same Idempotency-Key */
        "Idempotency-Replayed": "true";
        /** @description what is left: `"key";r=5999;t=60`, r calls for the next t seconds */
        RateLimit: string;
        /** @description what the key may do: `"key";q=6000;w=60`, q calls in w seconds */
        "RateLimit-Policy": string;
        /** @description after how many seconds to try again */
        "Retry-After": string;
        /** @description changes with the resource, whoever changes it, but not with its use: for `If-Match` and `If-None-Match` */
        ETag: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    personalKeyList: {
        parameters: {
            query?: {
                page_size?: number;
                /** @description `next_page_token` of the page before */
                page_token?: string;
                status?: "active" | "expired" | "revoked";
                /** @description only active keys that nobody has used for so long */
                unused_for_days?: number;
            };
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    personalKeyCreate: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateApiKey"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedApiKey"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    personalKeyGet: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description ETag of what is known already: 304 if it is the same still */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            /** @description As it was when the ETag of If-None-Match was read */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    personalKeyRevoke: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description ETag of what is to be changed, as it was read: 412 if it was changed since */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description `respond-async`: 202 at once, without waiting for the proxies; `return=representation`: 200 with the receipt instead of 204 */
                Prefer?: components["parameters"]["PreferReceipt"];
            };
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyReceipt"];
                };
            };
            /** @description Done, but not shown to be enforced on every proxy yet */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyReceipt"];
                };
            };
            /** @description Done */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    personalKeyRename: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description ETag of what is to be changed, as it was read: 412 if it was changed since */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeApiKey"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    personalKeyEvents: {
        parameters: {
            query?: {
                page_size?: number;
                /** @description `next_page_token` of the page before */
                page_token?: string;
            };
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyEventList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    personalKeyRotate: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description `respond-async`: 202 at once, without waiting for the proxies */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotateApiKey"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotatedApiKey"];
                };
            };
            /** @description Done, but not shown to be enforced on every proxy yet */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotatedApiKeyWithReceipt"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    personalKeyUsage: {
        parameters: {
            query?: {
                days?: number;
            };
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyUsage"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    waysIn: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WaysIn"];
                };
            };
            400: components["responses"]["Problem400"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    finishOidc: {
        parameters: {
            query?: {
                code?: string;
                state?: string;
                error?: string;
            };
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; the browser goes on */
            303: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    startOidc: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["StartOidc"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OidcStarted"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    useOwnerLink: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UseOwnerLink"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            400: components["responses"]["Problem400"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePassword"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    sessionList: {
        parameters: {
            query?: {
                page_size?: number;
                /** @description `next_page_token` of the page before */
                page_token?: string;
            };
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    sessionEnd: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    signUp: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignUp"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            400: components["responses"]["Problem400"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    keyReceiptPersonal: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyReceipt"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    leakedSecretsReport: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                    type: string;
                    url?: string | null;
                    source?: string | null;
                }[];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description SHA-256, base64 */
                        token_hash: string;
                        token_type: string;
                        /** @enum {string} */
                        label: "true_positive" | "false_positive";
                    }[];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: components["responses"]["Problem400"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    invitationAccept: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcceptInvitation"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Joined"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    openapi: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    organizationList: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    organizationCreate: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateOrganization"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    organizationGet: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description ETag of what is known already: 304 if it is the same still */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                organization: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                };
            };
            /** @description As it was when the ETag of If-None-Match was read */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    organizationPatch: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description ETag of what is to be changed, as it was read: 412 if it was changed since */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                organization: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ChangeOrganization"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    organizationEvents: {
        parameters: {
            query?: {
                page_size?: number;
                /** @description `next_page_token` of the page before */
                page_token?: string;
            };
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                organization: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessEventList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    organizationKeyList: {
        parameters: {
            query?: {
                page_size?: number;
                /** @description `next_page_token` of the page before */
                page_token?: string;
                status?: "active" | "expired" | "revoked";
                /** @description only active keys that nobody has used for so long */
                unused_for_days?: number;
            };
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                organization: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    organizationKeyCreate: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                organization: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateApiKey"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedApiKey"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    organizationKeyGet: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description ETag of what is known already: 304 if it is the same still */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                organization: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            /** @description As it was when the ETag of If-None-Match was read */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    organizationKeyRevoke: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description ETag of what is to be changed, as it was read: 412 if it was changed since */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description `respond-async`: 202 at once, without waiting for the proxies; `return=representation`: 200 with the receipt instead of 204 */
                Prefer?: components["parameters"]["PreferReceipt"];
            };
            path: {
                organization: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyReceipt"];
                };
            };
            /** @description Done, but not shown to be enforced on every proxy yet */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyReceipt"];
                };
            };
            /** @description Done */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    organizationKeyRename: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description ETag of what is to be changed, as it was read: 412 if it was changed since */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                organization: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeApiKey"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    organizationKeyEvents: {
        parameters: {
            query?: {
                page_size?: number;
                /** @description `next_page_token` of the page before */
                page_token?: string;
            };
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                organization: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyEventList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    organizationKeyRotate: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description `respond-async`: 202 at once, without waiting for the proxies */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                organization: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotateApiKey"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotatedApiKey"];
                };
            };
            /** @description Done, but not shown to be enforced on every proxy yet */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotatedApiKeyWithReceipt"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    organizationKeyUsage: {
        parameters: {
            query?: {
                days?: number;
            };
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                organization: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyUsage"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    keyReceiptOfOrganization: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                organization: string;
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyReceipt"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    invitationList: {
        parameters: {
            query?: {
                page_size?: number;
                /** @description `next_page_token` of the page before */
                page_token?: string;
            };
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                organization: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    invitationCreate: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                organization: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateInvitation"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeInvitation"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    invitationRevoke: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                organization: string;
                invitation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    memberList: {
        parameters: {
            query?: {
                page_size?: number;
                /** @description `next_page_token` of the page before */
                page_token?: string;
            };
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                organization: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    memberRemove: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                organization: string;
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    memberSetRole: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                organization: string;
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeMember"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    organizationConfirmRestore: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description ETag of what is to be changed, as it was read: 412 if it was changed since */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                organization: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmRestore"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    projectList: {
        parameters: {
            query?: {
                page_size?: number;
                /** @description `next_page_token` of the page before */
                page_token?: string;
                org_id?: string;
            };
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    projectCreate: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateProject"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedProject"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    projectGet: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description ETag of what is known already: 304 if it is the same still */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description As it was when the ETag of If-None-Match was read */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    projectDelete: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description ETag of what is to be changed, as it was read: 412 if it was changed since */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description `respond-async`: 202 at once, without waiting for the proxies; `return=representation`: 200 with the receipt instead of 204 */
                Prefer?: components["parameters"]["PreferReceipt"];
            };
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            /** @description Done, but not shown to be enforced on every proxy yet */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            /** @description Done */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    projectPatch: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description ETag of what is to be changed, as it was read: 412 if it was changed since */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description `respond-async`: 202 at once, without waiting for the proxies */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ChangeProject"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description Done, but not shown to be enforced on every proxy yet */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    agentList: {
        parameters: {
            query?: {
                page_size?: number;
                /** @description `next_page_token` of the page before */
                page_token?: string;
                status?: "active" | "killed" | "revoked";
                principal_type?: "agent" | "human";
            };
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CredentialList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    agentCreate: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateCredential"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedCredential"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    agentGet: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description ETag of what is known already: 304 if it is the same still */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                project: string;
                agent: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Credential"];
                };
            };
            /** @description As it was when the ETag of If-None-Match was read */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    agentRevoke: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description ETag of what is to be changed, as it was read: 412 if it was changed since */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description `respond-async`: 202 at once, without waiting for the proxies; `return=representation`: 200 with the receipt instead of 204 */
                Prefer?: components["parameters"]["PreferReceipt"];
            };
            path: {
                project: string;
                agent: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            /** @description Done, but not shown to be enforced on every proxy yet */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            /** @description Done */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    agentPatch: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description ETag of what is to be changed, as it was read: 412 if it was changed since */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description `respond-async`: 202 at once, without waiting for the proxies */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                project: string;
                agent: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ChangeCredential"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Credential"];
                };
            };
            /** @description Done, but not shown to be enforced on every proxy yet */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    budgetList: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                project: string;
                agent: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BudgetList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    agentRotate: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description `respond-async`: 202 at once, without waiting for the proxies */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                project: string;
                agent: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedCredential"];
                };
            };
            /** @description Done, but not shown to be enforced on every proxy yet */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedCredentialWithReceipt"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    agentKillMany: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description `respond-async`: 202 at once, without waiting for the proxies */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChooseCredentials"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CredentialsChanged"];
                };
            };
            /** @description Done, but not shown to be enforced on every proxy yet */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CredentialsChangedReceipt"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    agentRevokeMany: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description `respond-async`: 202 at once, without waiting for the proxies */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChooseCredentials"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CredentialsChanged"];
                };
            };
            /** @description Done, but not shown to be enforced on every proxy yet */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CredentialsChangedReceipt"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    databaseList: {
        parameters: {
            query?: {
                page_size?: number;
                /** @description `next_page_token` of the page before */
                page_token?: string;
            };
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DatabaseList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    databaseCreate: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateDatabase"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Database"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    databaseGet: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description ETag of what is known already: 304 if it is the same still */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                project: string;
                database: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Database"];
                };
            };
            /** @description As it was when the ETag of If-None-Match was read */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    databaseDelete: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description ETag of what is to be changed, as it was read: 412 if it was changed since */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description `respond-async`: 202 at once, without waiting for the proxies; `return=representation`: 200 with the receipt instead of 204 */
                Prefer?: components["parameters"]["PreferReceipt"];
            };
            path: {
                project: string;
                database: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            /** @description Done, but not shown to be enforced on every proxy yet */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            /** @description Done */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    databasePatch: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description ETag of what is to be changed, as it was read: 412 if it was changed since */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description `respond-async`: 202 at once, without waiting for the proxies */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                project: string;
                database: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ChangeDatabase"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Database"];
                };
            };
            /** @description Done, but not shown to be enforced on every proxy yet */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    evaluationScan: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                project: string;
                database: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ScanPii"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PiiScan"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            default: components["responses"]["Problem"];
        };
    };
    evaluationSchema: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                project: string;
                database: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SchemaCatalog"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            default: components["responses"]["Problem"];
        };
    };
    databaseTest: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                project: string;
                database: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionTest"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            default: components["responses"]["Problem"];
        };
    };
    enforcementReceipt: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                project: string;
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    policyList: {
        parameters: {
            query?: {
                page_size?: number;
                /** @description `next_page_token` of the page before */
                page_token?: string;
            };
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    policyCreate: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WritePolicy"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Policy"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    policyGet: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description ETag of what is known already: 304 if it is the same still */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                project: string;
                policy: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Policy"];
                };
            };
            /** @description As it was when the ETag of If-None-Match was read */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    policyReplace: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description ETag of what is to be changed, as it was read: 412 if it was changed since */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description `respond-async`: 202 at once, without waiting for the proxies */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                project: string;
                policy: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WritePolicy"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Policy"];
                };
            };
            /** @description Done, but not shown to be enforced on every proxy yet */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "PgBeam-Enforcement": components["headers"]["PgBeam-Enforcement"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    policyDelete: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description ETag of what is to be changed, as it was read: 412 if it was changed since */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                project: string;
                policy: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    evaluationEvaluate: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
                /** @description a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EvaluatePolicy"];
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyEvaluation"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
            504: components["responses"]["Problem504"];
            default: components["responses"]["Problem"];
        };
    };
    proxiesList: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProxyList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
    whoami: {
        parameters: {
            query?: never;
            header?: {
                /** @description names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:- */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "PgBeam-Key-Expires-At": components["headers"]["PgBeam-Key-Expires-At"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhoAmI"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem"];
        };
    };
}

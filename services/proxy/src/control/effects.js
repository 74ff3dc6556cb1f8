const ended = (message, hint) => ({ do: 'drop', reason: { sqlState: '57P01', message, hint } });
const effects = {
    'credential.created': { do: 'nothing' },
    'credential.killed': ended('this credential was paused (kill switch)', 'Ask its owner to resume it; the secret stays the same.'),
    'credential.resumed': { do: 'nothing' },
    'credential.rotated': ended("this credential's secrets were rotated", 'Connect again with the new password.'),
    'credential.revoked': ended('this credential was revoked', 'Ask its owner for a new credential.'),
    'credential.expiry_changed': { do: 'expire' },
    'credential.policy_changed': ended('this credential was given another policy', 'Connect again.'),
    'policy.replaced': ended('the policy of this credential was changed', 'Connect again.'),
    'database.changed': ended('the database behind this credential was changed', 'Connect again.'),
    'database.deleted': ended('the database behind this credential was removed', 'Ask the owner of the project.'),
    'project.changed': {
        do: 'readmit',
        reason: { sqlState: '57P01', message: 'connections from this address are no longer allowed', hint: "Add the address to the project's allowed_cidrs." },
    },
    'project.deleted': ended('the project of this credential was removed', 'Ask the owner of the organization.'),
};
export const effectOf = (event) => effects[event.kind];
//# sourceMappingURL=effects.js.map
-- What a policy says besides its access mode, in the words of the API (see `policyRules` in libs/contracts).
ALTER TABLE policy_profile ADD COLUMN rules jsonb NOT NULL DEFAULT '{}';

-- Whoever may keep keys could read the trail of acts; that is a scope of its own now, which auditors have, too.
update api_keys set scopes = scopes || 'audit'::text where 'keys' = any(scopes) and not 'audit' = any(scopes);

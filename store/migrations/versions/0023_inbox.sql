-- A platform's burst: deliveries of one tenant are kept by one statement that is its own transaction, so that a gateway
-- sends one message for many and the database commits once. Returned are those that had been kept before, each with the
-- identifier under which it stands. They are kept in the order in which they come, which is one for everybody.
CREATE FUNCTION inbox_receive(
    tenant text, at timestamptz, ids text[], platforms text[], connections text[], names text[], bodies bytea[],
    states text[], codes text[], errors text[]
) RETURNS TABLE (given text, kept text) LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    new integer;
BEGIN
    PERFORM set_config('afluente.tenant', tenant, true);
    INSERT INTO inbox (id, tenant_id, connection_id, platform, delivery_id, body, state, error_code, error, attempts,
                       received_at, next_try_at)
    SELECT one.id, tenant, one.connection, one.platform, one.name, one.body, one.state, one.code, one.error, 0, at, at
    FROM unnest(ids, platforms, connections, names, bodies, states, codes, errors)
         AS one (id, platform, connection, name, body, state, code, error)
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS new = ROW_COUNT;
    IF new < cardinality(ids) THEN
        RETURN QUERY
        SELECT one.id, inbox.id FROM unnest(ids, platforms, connections, names) AS one (id, platform, connection, name)
        JOIN inbox ON (inbox.platform, inbox.connection_id, inbox.delivery_id) = (one.platform, one.connection, one.name)
        WHERE inbox.id <> one.id;
    END IF;
END $$;

-- A connection that is paused is asked for nothing, but what its platform sends is taken: money may still come.
CREATE OR REPLACE FUNCTION tenant_of_connection(connection_id text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS
$$ SELECT tenant_id FROM connection WHERE id = connection_id AND state IN ('active', 'paused') $$;

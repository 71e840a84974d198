-- Seals: blocks of a tenant's entries, each hashed together with the block before it, so that a byte changed anywhere
-- before the last seal is found, by anybody who keeps one hash. Sealing happens beside posting and never blocks it.
--
-- Only entries that nothing can come between are sealed. Numbers of entries are drawn before their transaction commits,
-- so a lower number may appear after a higher one. A transaction has its own number (xid) before it draws one for an
-- entry (book_post sees to that). So: note the highest entry in sight and, after it, a transaction number of ours; once
-- no transaction below that number is in progress, every entry up to the noted one is there or never will be. If that is
-- so at once, the block is sealed at once; else the note is kept and the next run looks again.

CREATE TABLE seal (
    tenant_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    from_seq BIGINT NOT NULL,
    to_seq BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    prev_hash BYTEA NOT NULL,
    block_hash BYTEA NOT NULL,
    sealed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_seal PRIMARY KEY (tenant_id, seq),
    CONSTRAINT uq_seal_tenant_id_from_seq UNIQUE (tenant_id, from_seq),
    CONSTRAINT fk_seal_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT ck_seal_range CHECK (from_seq <= to_seq)
);
CREATE TRIGGER seal_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON seal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE seal_progress (
    tenant_id TEXT NOT NULL,
    scanned_seq BIGINT NOT NULL,
    noted_seq BIGINT NOT NULL,
    noted_xid BIGINT NOT NULL,
    CONSTRAINT pk_seal_progress PRIMARY KEY (tenant_id),
    CONSTRAINT fk_seal_progress_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

-- Canonical bytes: every field as its length in bytes, a colon and its UTF-8 text; an absent one as a hyphen; records
-- begin with a letter. ``ledger.seals`` makes the same bytes by itself when it verifies.
CREATE FUNCTION seal_record(letter text, VARIADIC fields text[]) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT letter || string_agg(coalesce(octet_length(f)::text || ':' || f, '-'), '' ORDER BY place)
    FROM unnest(fields) WITH ORDINALITY AS u(f, place)
$$;
CREATE FUNCTION seal_moment(moment timestamptz) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT (extract(epoch FROM moment) * 1000000)::bigint::text
$$;
CREATE FUNCTION seal_entry(e journal_entry) RETURNS text LANGUAGE sql STABLE SET search_path = public AS $$
    SELECT seal_record('E', e.seq::text, e.id, e.tenant_id, e.kind, e.idem_key, encode(e.payload_sha256, 'hex'),
                       to_char(e.effective_date, 'YYYY-MM-DD'), seal_moment(e.booked_at), e.postings::text,
                       e.reverses_seq::text, e.source, e.memo::text)
           || coalesce((
               SELECT string_agg(seal_record('P', p.line::text, p.tenant_id, p.account_no::text, a.id, p.currency,
                                             p.amount_minor::text), '' ORDER BY p.line)
               FROM posting p JOIN account a ON a.no = p.account_no WHERE p.entry_seq = e.seq
           ), '')
$$;

CREATE FUNCTION book_seal(moment timestamptz, block_size integer, at_most integer) RETURNS SETOF seal
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
DECLARE
    here text := this_tenant();
    high bigint;
    block_end bigint;
    mine bigint;
    oldest bigint;
    standing seal_progress%ROWTYPE;
    safe bigint;
    scanned bigint;
    block seal%ROWTYPE;
    body text;
BEGIN
    IF here IS NULL THEN
        RAISE EXCEPTION 'no tenant is set' USING ERRCODE = 'AF006';
    ELSIF pg_current_xact_id_if_assigned() IS NOT NULL THEN
        RAISE EXCEPTION 'sealing wants a transaction of its own' USING ERRCODE = 'AF030';
    ELSIF NOT pg_try_advisory_xact_lock(hashtextextended('seal of ' || here, 0)) THEN
        RETURN;  -- another is at it
    END IF;
    SELECT coalesce(max(e.seq), 0) INTO high FROM journal_entry e;
    SELECT pg_current_xact_id()::text::bigint INTO mine;
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint INTO oldest;
    SELECT * INTO standing FROM seal_progress WHERE tenant_id = here;
    scanned := coalesce(standing.scanned_seq, 0);
    IF oldest >= mine THEN
        safe := high;
    ELSIF oldest >= standing.noted_xid THEN
        safe := standing.noted_seq;
    ELSE
        safe := scanned;
    END IF;
    safe := greatest(safe, scanned);

    SELECT * INTO block FROM seal s WHERE s.tenant_id = here ORDER BY s.seq DESC LIMIT 1;
    IF NOT FOUND THEN
        block := (here, 0, 0, 0, 0, NULL, decode(repeat('00', 32), 'hex'), NULL)::seal;
    END IF;
    FOR made IN 1 .. at_most LOOP
        SELECT count(*), max(t.seq), string_agg(t.bytes, '' ORDER BY t.seq) INTO block.entries, block_end, body
        FROM (
            SELECT e.seq, seal_entry(e) AS bytes FROM journal_entry e
            WHERE e.seq > scanned AND e.seq <= safe AND e.tenant_id = here ORDER BY e.seq LIMIT block_size
        ) t;
        IF block.entries = 0 THEN
            scanned := safe;
            EXIT;
        END IF;
        scanned := block_end;
        block := (here, block.seq + 1, block.to_seq + 1, scanned, block.entries, block.block_hash, NULL, moment)::seal;
        block.block_hash := sha256(convert_to(
            seal_record('B', here, block.seq::text, block.from_seq::text, block.to_seq::text, block.entries::text,
                        encode(block.prev_hash, 'hex'), seal_moment(moment)) || body, 'UTF8'));
        INSERT INTO seal SELECT block.*;
        RETURN NEXT block;
    END LOOP;

    -- A note that is still waited for stays: one that moved with every run would never be reached on a busy book.
    INSERT INTO seal_progress AS p (tenant_id, scanned_seq, noted_seq, noted_xid) VALUES (here, scanned, high, mine)
    ON CONFLICT (tenant_id) DO UPDATE
    SET scanned_seq = excluded.scanned_seq,
        noted_seq = CASE WHEN oldest >= p.noted_xid THEN excluded.noted_seq ELSE p.noted_seq END,
        noted_xid = CASE WHEN oldest >= p.noted_xid THEN excluded.noted_xid ELSE p.noted_xid END;
END $$;

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['seal', 'seal_progress']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_rows ON %I USING (tenant_id = this_tenant()) '
                       'WITH CHECK (tenant_id = this_tenant())', name);
        EXECUTE format('GRANT SELECT ON %I TO afluente_app', name);
    END LOOP;
END $$;

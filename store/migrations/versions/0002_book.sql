-- The book: double entry, append only. Debits are positive, credits negative, in minor units.
-- The application's role may read it; it is written by book_open_account and book_post alone, and what they
-- write must pass the constraints below, which hold for anybody, the owner by hand included:
--   * a posting names a leaf account of its tenant, in the leaf's currency (foreign key on posting_currency,
--     which is null for nodes), and its tenant is its entry's (statement trigger);
--   * an entry's postings are written in one statement, are as many as the entry says (two or more), and sum to
--     zero in every currency (statement trigger); an entry without postings does not commit (deferred trigger);
--   * an entry that reverses another mirrors it account by account, and at most one does;
--   * one entry for each idempotency key, for ever;
--   * entries and postings are never changed or deleted.

CREATE TABLE account (
    no BIGINT GENERATED ALWAYS AS IDENTITY,
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    parent_no BIGINT,
    creditor_id TEXT NOT NULL,
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    currency CHAR(3) NOT NULL,
    is_leaf BOOLEAN NOT NULL,
    posting_currency CHAR(3) GENERATED ALWAYS AS (CASE WHEN is_leaf THEN currency END) STORED,
    country TEXT,
    connection_id TEXT,
    subject TEXT NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_account PRIMARY KEY (no),
    CONSTRAINT uq_account_tenant_id_no_posting_currency UNIQUE (tenant_id, no, posting_currency),
    CONSTRAINT uq_account_place UNIQUE NULLS NOT DISTINCT (tenant_id, creditor_id, parent_no, role, currency, subject),
    CONSTRAINT uq_account_id UNIQUE (id),
    CONSTRAINT fk_account_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_account_parent_no FOREIGN KEY(parent_no) REFERENCES account (no)
);

CREATE TABLE journal_entry (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    idem_key TEXT NOT NULL,
    payload_sha256 BYTEA NOT NULL,
    effective_date DATE NOT NULL,
    booked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    postings SMALLINT NOT NULL,
    reverses_seq BIGINT,
    source TEXT NOT NULL,
    memo JSONB NOT NULL,
    CONSTRAINT pk_journal_entry PRIMARY KEY (seq),
    CONSTRAINT uq_journal_entry_tenant_id_idem_key UNIQUE (tenant_id, idem_key),
    CONSTRAINT ck_journal_entry_at_least_two CHECK (postings >= 2),
    CONSTRAINT uq_journal_entry_id UNIQUE (id),
    CONSTRAINT fk_journal_entry_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT uq_journal_entry_reverses_seq UNIQUE (reverses_seq),
    CONSTRAINT fk_journal_entry_reverses_seq FOREIGN KEY(reverses_seq) REFERENCES journal_entry (seq)
);
CREATE INDEX ix_journal_entry_source ON journal_entry (source);

CREATE TABLE account_balance (
    tenant_id TEXT NOT NULL,
    account_no BIGINT NOT NULL,
    debit_minor BIGINT NOT NULL,
    credit_minor BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_account_balance PRIMARY KEY (account_no),
    CONSTRAINT fk_account_balance_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_account_balance_account_no FOREIGN KEY(account_no) REFERENCES account (no)
);

CREATE TABLE account_balance_day (
    tenant_id TEXT NOT NULL,
    account_no BIGINT NOT NULL,
    day DATE NOT NULL,
    debit_minor BIGINT NOT NULL,
    credit_minor BIGINT NOT NULL,
    CONSTRAINT pk_account_balance_day PRIMARY KEY (account_no, day),
    CONSTRAINT fk_account_balance_day_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_account_balance_day_account_no FOREIGN KEY(account_no) REFERENCES account (no)
);

CREATE TABLE account_closure (
    tenant_id TEXT NOT NULL,
    ancestor_no BIGINT NOT NULL,
    descendant_no BIGINT NOT NULL,
    depth INTEGER NOT NULL,
    CONSTRAINT pk_account_closure PRIMARY KEY (ancestor_no, descendant_no),
    CONSTRAINT fk_account_closure_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_account_closure_ancestor_no FOREIGN KEY(ancestor_no) REFERENCES account (no),
    CONSTRAINT fk_account_closure_descendant_no FOREIGN KEY(descendant_no) REFERENCES account (no)
);
CREATE INDEX ix_account_closure_descendant_no ON account_closure (descendant_no);

CREATE TABLE posting (
    entry_seq BIGINT NOT NULL,
    line SMALLINT NOT NULL,
    tenant_id TEXT NOT NULL,
    account_no BIGINT NOT NULL,
    currency CHAR(3) NOT NULL,
    amount_minor BIGINT NOT NULL,
    CONSTRAINT pk_posting PRIMARY KEY (entry_seq, line),
    CONSTRAINT fk_posting_leaf_in_its_currency FOREIGN KEY(tenant_id, account_no, currency) REFERENCES account (tenant_id, no, posting_currency),
    CONSTRAINT ck_posting_amount_not_zero CHECK (amount_minor <> 0),
    CONSTRAINT fk_posting_entry_seq FOREIGN KEY(entry_seq) REFERENCES journal_entry (seq),
    CONSTRAINT fk_posting_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);
CREATE INDEX ix_posting_account ON posting (account_no, entry_seq);

-- Balances are rewritten all the time: room on each page keeps their new versions beside the old ones.
ALTER TABLE account_balance SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
ALTER TABLE account_balance_day SET (fillfactor = 50);

-- Balance of what a statement wrote --------------------------------------------------------------------------
-- Entries are looked up by number, so that what this costs does not grow with the book.
CREATE FUNCTION posting_balanced() RETURNS trigger LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
DECLARE
    wrong record;
    touched bigint[];
BEGIN
    SELECT array_agg(DISTINCT entry_seq) INTO touched FROM written;
    SELECT t.seq, e.postings AS stated,
           (SELECT count(*) FROM posting p WHERE p.entry_seq = t.seq) AS found,
           EXISTS (SELECT FROM posting p WHERE p.entry_seq = t.seq AND p.tenant_id <> e.tenant_id) AS foreign_rows
    INTO wrong
    FROM unnest(touched) AS t(seq)
    CROSS JOIN LATERAL (SELECT postings, tenant_id FROM journal_entry WHERE seq = t.seq) e
    WHERE e.postings <> (SELECT count(*) FROM posting p WHERE p.entry_seq = t.seq)
       OR EXISTS (SELECT FROM posting p WHERE p.entry_seq = t.seq AND p.tenant_id <> e.tenant_id)
    LIMIT 1;
    IF FOUND AND wrong.foreign_rows THEN
        RAISE EXCEPTION 'entry % has postings of another tenant', wrong.seq USING ERRCODE = 'AF009';
    ELSIF FOUND THEN
        RAISE EXCEPTION 'entry % states % postings and has %', wrong.seq, wrong.stated, wrong.found
            USING ERRCODE = 'AF002';
    END IF;
    SELECT entry_seq, currency, sum(amount_minor) AS difference INTO wrong
    FROM written GROUP BY entry_seq, currency HAVING sum(amount_minor) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % is not balanced in %: %', wrong.entry_seq, wrong.currency, wrong.difference
            USING ERRCODE = 'AF003';
    END IF;
    IF NOT EXISTS (SELECT FROM journal_entry e WHERE e.seq = ANY (touched) AND e.reverses_seq IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    SELECT r.seq INTO wrong
    FROM unnest(touched) AS t(seq)
    CROSS JOIN LATERAL (
        SELECT e.seq, e.reverses_seq FROM journal_entry e WHERE e.seq = t.seq AND e.reverses_seq IS NOT NULL
    ) r
    CROSS JOIN LATERAL (
        SELECT account_no, amount_minor FROM posting WHERE entry_seq = r.seq
        UNION ALL SELECT account_no, amount_minor FROM posting WHERE entry_seq = r.reverses_seq
    ) p
    GROUP BY r.seq, p.account_no HAVING sum(p.amount_minor) <> 0
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % does not mirror the entry it reverses', wrong.seq USING ERRCODE = 'AF004';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER posting_is_balanced AFTER INSERT ON posting REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION posting_balanced();

CREATE FUNCTION entry_has_postings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM posting WHERE entry_seq = NEW.seq) THEN
        RAISE EXCEPTION 'entry % has no postings', NEW.seq USING ERRCODE = 'AF002';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER entry_is_complete AFTER INSERT ON journal_entry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION entry_has_postings();

CREATE TRIGGER journal_entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER posting_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON posting
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What an account is, is settled when it is opened; only its closing is a change.
CREATE FUNCTION account_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.tenant_id, NEW.parent_no, NEW.creditor_id, NEW.role, NEW.currency, NEW.is_leaf)
        IS DISTINCT FROM
       (OLD.id, OLD.tenant_id, OLD.parent_no, OLD.creditor_id, OLD.role, OLD.currency, OLD.is_leaf) THEN
        RAISE EXCEPTION 'account % is not changed once it is open', OLD.id USING ERRCODE = 'AF001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_stays BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION account_stays();
CREATE TRIGGER account_never_deleted BEFORE DELETE OR TRUNCATE ON account
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A parent is a node of the same tenant and creditor.
CREATE FUNCTION account_parent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.parent_no IS NOT NULL AND NOT EXISTS (
        SELECT FROM account p WHERE p.no = NEW.parent_no AND NOT p.is_leaf
            AND p.tenant_id = NEW.tenant_id AND p.creditor_id = NEW.creditor_id
    ) THEN
        RAISE EXCEPTION 'an account hangs on a node of its own tenant and creditor' USING ERRCODE = 'AF005';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_parent BEFORE INSERT ON account FOR EACH ROW EXECUTE FUNCTION account_parent();

-- The two ways in -------------------------------------------------------------------------------------------
CREATE FUNCTION book_open_account(
    new_id text, parent_id text, new_creditor text, new_role text, new_name text, new_currency text, leaf boolean,
    new_country text, new_connection text, new_subject text, moment timestamptz
) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    parent bigint;
    opened bigint;
    standing text;
BEGIN
    IF parent_id IS NOT NULL THEN
        SELECT no INTO STRICT parent FROM account WHERE id = parent_id AND tenant_id = this_tenant();
    END IF;
    INSERT INTO account (id, tenant_id, parent_no, creditor_id, role, name, currency, is_leaf, country,
                         connection_id, subject, opened_at)
    VALUES (new_id, this_tenant(), parent, new_creditor, new_role, new_name, new_currency, leaf, new_country,
            new_connection, new_subject, moment)
    ON CONFLICT ON CONSTRAINT uq_account_place DO NOTHING
    RETURNING no INTO opened;
    IF opened IS NULL THEN
        SELECT id INTO STRICT standing FROM account
        WHERE tenant_id = this_tenant() AND creditor_id = new_creditor AND parent_no IS NOT DISTINCT FROM parent
          AND role = new_role AND currency = new_currency AND subject = new_subject;
        RETURN standing;
    END IF;
    INSERT INTO account_closure (tenant_id, ancestor_no, descendant_no, depth)
    SELECT this_tenant(), ancestor_no, opened, depth + 1 FROM account_closure WHERE descendant_no = parent
    UNION ALL SELECT this_tenant(), opened, opened, 0;
    IF leaf THEN
        INSERT INTO account_balance (tenant_id, account_no, debit_minor, credit_minor, version)
        VALUES (this_tenant(), opened, 0, 0, 0);
    END IF;
    RETURN new_id;
END $$;

-- Balances are moved by number alone; the plan goes row by row through the primary keys, however large the tables.
CREATE FUNCTION book_move(here text, accounts bigint[], days date[], debits numeric[], credits numeric[])
    RETURNS void LANGUAGE plpgsql SET search_path = public
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off
    SET enable_mergejoin = off SET jit = off AS $$
BEGIN
    UPDATE account_balance b
    SET debit_minor = b.debit_minor + m.debit, credit_minor = b.credit_minor + m.credit, version = b.version + 1
    FROM (
        SELECT no, sum(debit) AS debit, sum(credit) AS credit
        FROM unnest(accounts, debits, credits) AS u(no, debit, credit) GROUP BY no
    ) m
    WHERE b.account_no = m.no;
    INSERT INTO account_balance_day AS d (tenant_id, account_no, day, debit_minor, credit_minor)
    SELECT here, u.no, u.day, u.debit, u.credit FROM unnest(accounts, days, debits, credits) AS u(no, day, debit, credit)
    ON CONFLICT (account_no, day) DO UPDATE
    SET debit_minor = d.debit_minor + excluded.debit_minor, credit_minor = d.credit_minor + excluded.credit_minor;
END $$;
REVOKE EXECUTE ON FUNCTION book_move FROM PUBLIC;

-- Plans are made once for a session and go by index, whatever the tables' size was when they were made.
-- One batch, one transaction. Entries are described by parallel arrays; postings by arrays of their own, each
-- naming its entry by position. For every entry one row comes back: its key, the identifier that stands under the
-- key, and whether it was created, exists (same key, same payload) or is a conflict (same key, other payload).
CREATE FUNCTION book_post(
    ids text[], kinds text[], keys text[], hashes bytea[], days date[], reversed_ids text[], sources text[],
    memos text[], moment timestamptz,
    posting_entries integer[], posting_accounts text[], posting_currencies text[], posting_amounts bigint[]
) RETURNS TABLE (idem_key text, entry_id text, outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    here text := this_tenant();
    unknown text;
    touched bigint[];
    made text[];
    seqs bigint[];
    moved_accounts bigint[];
    moved_days date[];
    moved_debits numeric[];
    moved_credits numeric[];
BEGIN
    IF here IS NULL THEN
        RAISE EXCEPTION 'no tenant is set' USING ERRCODE = 'AF006';
    END IF;

    SELECT p.account INTO unknown FROM unnest(posting_accounts) AS p(account)
    WHERE NOT EXISTS (
        SELECT FROM account a WHERE a.id = p.account AND a.tenant_id = here AND a.is_leaf AND a.closed_at IS NULL
    ) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% is not an open leaf account', unknown USING ERRCODE = 'AF007';
    END IF;

    SELECT r.id INTO unknown FROM unnest(reversed_ids) AS r(id)
    WHERE r.id IS NOT NULL AND NOT EXISTS (SELECT FROM journal_entry e WHERE e.id = r.id AND e.tenant_id = here)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'there is no entry % to reverse', unknown USING ERRCODE = 'AF008';
    END IF;

    -- Everybody locks in the same order, so that two batches never wait for each other in a circle.
    SELECT array_agg(DISTINCT a.no) INTO touched
    FROM unnest(posting_accounts) AS p(account)
    CROSS JOIN LATERAL (SELECT no FROM account WHERE id = p.account LIMIT 1) a;
    PERFORM 1 FROM account_balance b WHERE b.account_no = ANY (touched) ORDER BY b.account_no FOR NO KEY UPDATE;

    WITH created AS (
        INSERT INTO journal_entry (id, tenant_id, kind, idem_key, payload_sha256, effective_date, booked_at, postings,
                                   reverses_seq, source, memo)
        SELECT a.id, here, a.kind, a.key, a.hash, a.day, moment, coalesce(c.lines, 0), r.seq, a.source, a.memo::jsonb
        FROM unnest(ids, kinds, keys, hashes, days, reversed_ids, sources, memos)
            WITH ORDINALITY AS a(id, kind, key, hash, day, reversed_id, source, memo, place)
        LEFT JOIN (
            SELECT place, count(*) AS lines FROM unnest(posting_entries) AS l(place) GROUP BY place
        ) c ON c.place = a.place
        LEFT JOIN LATERAL (SELECT seq FROM journal_entry WHERE id = a.reversed_id LIMIT 1) r ON true
        ORDER BY a.place
        ON CONFLICT (tenant_id, idem_key) DO NOTHING
        RETURNING seq, id
    )
    SELECT coalesce(array_agg(id), '{}'), coalesce(array_agg(seq), '{}') INTO made, seqs FROM created;

    WITH lines AS (
        SELECT c.seq, a.day, acc.no, l.currency, l.amount, l.ordinal
        FROM unnest(made, seqs) AS c(id, seq)
        JOIN unnest(ids, days) WITH ORDINALITY AS a(id, day, place) ON a.id = c.id
        JOIN unnest(posting_entries, posting_accounts, posting_currencies, posting_amounts)
            WITH ORDINALITY AS l(place, account, currency, amount, ordinal) ON l.place = a.place
        CROSS JOIN LATERAL (SELECT no FROM account WHERE id = l.account LIMIT 1) acc
    ), written AS (
        INSERT INTO posting (entry_seq, line, tenant_id, account_no, currency, amount_minor)
        SELECT seq, row_number() OVER (PARTITION BY seq ORDER BY ordinal), here, no, currency, amount FROM lines
    ), moved AS (
        SELECT no, day, sum(greatest(amount, 0)) AS debit, sum(greatest(-amount, 0)) AS credit
        FROM lines GROUP BY no, day ORDER BY no, day
    )
    SELECT array_agg(no), array_agg(day), array_agg(debit), array_agg(credit)
    INTO moved_accounts, moved_days, moved_debits, moved_credits FROM moved;
    PERFORM book_move(here, moved_accounts, moved_days, moved_debits, moved_credits);

    -- A statement of its own, so that it sees what another transaction committed while this one waited for it.
    RETURN QUERY
    SELECT a.key, e.id,
           CASE WHEN a.id = ANY (made) THEN 'created' WHEN e.payload_sha256 = a.hash THEN 'exists' ELSE 'conflict' END
    FROM unnest(ids, keys, hashes) WITH ORDINALITY AS a(id, key, hash, place)
    CROSS JOIN LATERAL (
        SELECT j.id, j.payload_sha256 FROM journal_entry j WHERE j.tenant_id = here AND j.idem_key = a.key LIMIT 1
    ) e
    ORDER BY a.place;
END $$;

-- Rights ----------------------------------------------------------------------------------------------------
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['account', 'account_closure', 'account_balance', 'account_balance_day',
                                'journal_entry', 'posting']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_rows ON %I USING (tenant_id = this_tenant()) '
                       'WITH CHECK (tenant_id = this_tenant())', name);
        EXECUTE format('GRANT SELECT ON %I TO afluente_app', name);
    END LOOP;
END $$;

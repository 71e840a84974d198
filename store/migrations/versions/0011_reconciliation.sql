-- Files of money and their lines; what of the book, the platform and the bank is the same money; what differs.

CREATE TABLE column_mapping (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    document JSONB NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_column_mapping PRIMARY KEY (id),
    CONSTRAINT uq_column_mapping_tenant_id_name_version UNIQUE (tenant_id, name, version),
    CONSTRAINT fk_column_mapping_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

-- A file as it was handed in. ``family`` is what its formats are of one kind with: days are told by one family alone.
CREATE TABLE source_file (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    filename TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    mapping_id TEXT,
    state TEXT NOT NULL,
    format TEXT,
    family TEXT,
    source TEXT,
    lines INTEGER,
    new_lines INTEGER,
    first_day DATE,
    last_day DATE,
    statements JSONB,
    error_code TEXT,
    error TEXT,
    error_line INTEGER,
    uploaded_by TEXT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_source_file PRIMARY KEY (id),
    CONSTRAINT uq_source_file_connection_id_sha256 UNIQUE (connection_id, sha256),
    CONSTRAINT ck_source_file_state_known CHECK (state IN ('received', 'read', 'refused')),
    CONSTRAINT ck_source_file_told CHECK ((state = 'read') = (lines IS NOT NULL)
        AND (state = 'refused') = (error_code IS NOT NULL)),
    CONSTRAINT fk_source_file_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_source_file_connection_id FOREIGN KEY(connection_id) REFERENCES connection (id),
    CONSTRAINT fk_source_file_mapping_id FOREIGN KEY(mapping_id) REFERENCES column_mapping (id)
);
CREATE INDEX ix_source_file_received ON source_file (received_at) WHERE state = 'received';

CREATE TABLE source_file_chunk (
    file_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    tenant_id TEXT NOT NULL,
    body BYTEA NOT NULL,
    CONSTRAINT pk_source_file_chunk PRIMARY KEY (file_id, place),
    CONSTRAINT fk_source_file_chunk_file_id FOREIGN KEY(file_id) REFERENCES source_file (id),
    CONSTRAINT fk_source_file_chunk_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);
ALTER TABLE source_file_chunk ALTER COLUMN body SET STORAGE EXTERNAL;

-- One movement that a bank, platform or agency stated. ``identity`` is the source's own name of it with its place
-- among equal ones in the file, or the file and line; the same identity is the same money, in whichever file.
CREATE TABLE source_line (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    tenant_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    file_id TEXT NOT NULL,
    line_no INTEGER NOT NULL,
    source TEXT NOT NULL,
    identity TEXT NOT NULL,
    external_id TEXT,
    kind TEXT NOT NULL,
    gross_minor BIGINT NOT NULL,
    fee_minor BIGINT NOT NULL,
    tax_minor BIGINT NOT NULL,
    net_minor BIGINT NOT NULL,
    currency CHAR(3) NOT NULL,
    value_date DATE NOT NULL,
    booked_at TIMESTAMP WITH TIME ZONE,
    batch_id TEXT,
    "references" TEXT[] NOT NULL,
    original TEXT,
    payer_name BYTEA,
    payer_account BYTEA,
    payer_document BYTEA,
    text BYTEA,
    code TEXT,
    paid_minor BIGINT,
    paid_currency CHAR(3),
    CONSTRAINT pk_source_line PRIMARY KEY (seq),
    CONSTRAINT uq_source_line_connection_id_source_identity UNIQUE (connection_id, source, identity),
    CONSTRAINT ck_source_line_net CHECK (gross_minor - fee_minor - tax_minor = net_minor),
    CONSTRAINT fk_source_line_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_source_line_connection_id FOREIGN KEY(connection_id) REFERENCES connection (id),
    CONSTRAINT fk_source_line_file_id FOREIGN KEY(file_id) REFERENCES source_file (id)
);
CREATE INDEX ix_source_line_file ON source_line (file_id, line_no);

-- Rule sets and limits of a connection, by what is compared; the newest version counts, older ones stay for their runs.
CREATE TABLE recon_rules (
    connection_id TEXT NOT NULL,
    leg TEXT NOT NULL,
    version INTEGER NOT NULL,
    tenant_id TEXT NOT NULL,
    rules JSONB NOT NULL,
    policy JSONB NOT NULL,
    set_by TEXT NOT NULL,
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_recon_rules PRIMARY KEY (connection_id, leg, version),
    CONSTRAINT fk_recon_rules_connection_id FOREIGN KEY(connection_id) REFERENCES connection (id),
    CONSTRAINT fk_recon_rules_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

-- One comparison of one connection, leg and currency, with its proof that nothing was lost.
CREATE TABLE recon_run (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    leg TEXT NOT NULL,
    currency CHAR(3) NOT NULL,
    rules_version INTEGER NOT NULL,
    day DATE NOT NULL,
    digest TEXT NOT NULL,
    counts JSONB NOT NULL,
    identity JSONB NOT NULL,
    book_mark TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_recon_run PRIMARY KEY (id),
    CONSTRAINT fk_recon_run_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_recon_run_connection_id FOREIGN KEY(connection_id) REFERENCES connection (id)
);
CREATE INDEX ix_recon_run_context ON recon_run (connection_id, leg, currency, id);

-- What takes part in a comparison: something of the book (left) or a line of a file (right), with its open state.
CREATE TABLE recon_item (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    tenant_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    currency CHAR(3) NOT NULL,
    leg TEXT NOT NULL,
    side TEXT NOT NULL,
    kind TEXT NOT NULL,
    ref TEXT NOT NULL,
    line_seq BIGINT,
    amount_minor BIGINT NOT NULL,
    fee_minor BIGINT NOT NULL,
    tax_minor BIGINT NOT NULL,
    day DATE NOT NULL,
    state TEXT NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_recon_item PRIMARY KEY (seq),
    CONSTRAINT uq_recon_item_tenant_id_leg_ref UNIQUE (tenant_id, leg, ref),
    CONSTRAINT ck_recon_item_side_known CHECK (side IN ('left', 'right')),
    CONSTRAINT ck_recon_item_state_known CHECK (state IN ('open', 'matched', 'settled')),
    CONSTRAINT ck_recon_item_settled CHECK ((state = 'open') = (settled_at IS NULL)),
    CONSTRAINT fk_recon_item_line_seq FOREIGN KEY(line_seq) REFERENCES source_line (seq),
    CONSTRAINT fk_recon_item_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_recon_item_connection_id FOREIGN KEY(connection_id) REFERENCES connection (id)
);
CREATE INDEX ix_recon_item_open ON recon_item (leg, currency, connection_id, seq) WHERE state = 'open';
CREATE INDEX ix_recon_item_day ON recon_item (connection_id, leg, day);

CREATE TABLE match_group (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    leg TEXT NOT NULL,
    currency CHAR(3) NOT NULL,
    run_id TEXT,
    status TEXT NOT NULL,
    stage TEXT NOT NULL,
    score INTEGER NOT NULL,
    reasons JSONB NOT NULL,
    fingerprint TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    note TEXT,
    effects JSONB NOT NULL,
    CONSTRAINT pk_match_group PRIMARY KEY (id),
    CONSTRAINT ck_match_group_status_known CHECK (status IN
        ('proposed', 'ambiguous', 'confirmed', 'rejected', 'superseded', 'split', 'revoked')),
    CONSTRAINT ck_match_group_decided CHECK ((status IN ('proposed', 'ambiguous')) = (decided_at IS NULL)),
    CONSTRAINT fk_match_group_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_match_group_connection_id FOREIGN KEY(connection_id) REFERENCES connection (id),
    CONSTRAINT fk_match_group_run_id FOREIGN KEY(run_id) REFERENCES recon_run (id)
);
CREATE UNIQUE INDEX uq_match_group_standing ON match_group (tenant_id, fingerprint)
    WHERE status IN ('proposed', 'ambiguous', 'confirmed');
CREATE INDEX ix_match_group_status ON match_group (tenant_id, status, id);
CREATE INDEX ix_match_group_fingerprint ON match_group (tenant_id, fingerprint);

CREATE TABLE match_item (
    group_id TEXT NOT NULL,
    item_seq BIGINT NOT NULL,
    tenant_id TEXT NOT NULL,
    allocated_minor BIGINT NOT NULL,
    confirmed BOOLEAN NOT NULL,
    CONSTRAINT pk_match_item PRIMARY KEY (group_id, item_seq),
    CONSTRAINT fk_match_item_group_id FOREIGN KEY(group_id) REFERENCES match_group (id),
    CONSTRAINT fk_match_item_item_seq FOREIGN KEY(item_seq) REFERENCES recon_item (seq),
    CONSTRAINT fk_match_item_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);
CREATE UNIQUE INDEX uq_match_item_confirmed ON match_item (item_seq) WHERE confirmed;
CREATE INDEX ix_match_item_item ON match_item (item_seq);

CREATE TABLE difference (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    creditor_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    leg TEXT,
    item_seq BIGINT,
    other_seq BIGINT,
    group_id TEXT,
    receipt_id TEXT,
    case_id TEXT,
    amount_minor BIGINT NOT NULL,
    currency CHAR(3) NOT NULL,
    day DATE NOT NULL,
    state TEXT NOT NULL,
    owner TEXT,
    due_date DATE NOT NULL,
    reason JSONB NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    resolution TEXT,
    resolved_by TEXT,
    resolved_at TIMESTAMP WITH TIME ZONE,
    effects JSONB NOT NULL,
    CONSTRAINT pk_difference PRIMARY KEY (id),
    CONSTRAINT ck_difference_state_known CHECK (state IN ('open', 'claimed', 'resolved', 'accepted')),
    CONSTRAINT ck_difference_resolved CHECK ((state = 'open') = (resolved_at IS NULL)
        AND (resolved_at IS NULL) = (resolution IS NULL) AND (resolved_at IS NULL) = (resolved_by IS NULL)),
    CONSTRAINT fk_difference_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_difference_creditor_id FOREIGN KEY(creditor_id) REFERENCES creditor (id),
    CONSTRAINT fk_difference_connection_id FOREIGN KEY(connection_id) REFERENCES connection (id),
    CONSTRAINT fk_difference_item_seq FOREIGN KEY(item_seq) REFERENCES recon_item (seq),
    CONSTRAINT fk_difference_other_seq FOREIGN KEY(other_seq) REFERENCES recon_item (seq),
    CONSTRAINT fk_difference_group_id FOREIGN KEY(group_id) REFERENCES match_group (id),
    CONSTRAINT fk_difference_receipt_id FOREIGN KEY(receipt_id) REFERENCES receipt (id),
    CONSTRAINT fk_difference_case_id FOREIGN KEY(case_id) REFERENCES collection_case (id)
);
CREATE UNIQUE INDEX uq_difference_subject ON difference (tenant_id, kind, subject);
CREATE INDEX ix_difference_open ON difference (creditor_id, account_id, day) WHERE state IN ('open', 'claimed');
CREATE INDEX ix_difference_item ON difference (item_seq) WHERE item_seq IS NOT NULL;
CREATE INDEX ix_difference_other ON difference (other_seq) WHERE other_seq IS NOT NULL;

CREATE TABLE difference_event (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    tenant_id TEXT NOT NULL,
    difference_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    note TEXT,
    document JSONB NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_difference_event PRIMARY KEY (seq),
    CONSTRAINT fk_difference_event_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_difference_event_difference_id FOREIGN KEY(difference_id) REFERENCES difference (id)
);
CREATE INDEX ix_difference_event_difference ON difference_event (difference_id, seq);

-- What others are told: written with the fact in one transaction, delivered apart from it.
CREATE TABLE outgoing_event (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    id TEXT NOT NULL DEFAULT 'oev_' || replace(uuidv7()::text, '-', ''),
    tenant_id TEXT NOT NULL DEFAULT this_tenant(),
    type TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    payload JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_outgoing_event PRIMARY KEY (seq),
    CONSTRAINT uq_outgoing_event_id UNIQUE (id),
    CONSTRAINT fk_outgoing_event_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);
CREATE INDEX ix_outgoing_event_type ON outgoing_event (tenant_id, type, seq);

-- A member of a group is confirmed exactly when its group is, never with more than it is of, and on its own side's
-- sign; the item's own state follows. So no item is in two confirmed groups, whoever writes.
CREATE FUNCTION match_item_checked() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    item recon_item%ROWTYPE;
    grp match_group%ROWTYPE;
BEGIN
    SELECT * INTO item FROM recon_item WHERE seq = NEW.item_seq;
    SELECT * INTO grp FROM match_group WHERE id = NEW.group_id;
    -- What row-level security hides is not found, and comes out as NULL.
    IF (item.tenant_id, item.leg, NEW.tenant_id) IS DISTINCT FROM (grp.tenant_id, grp.leg, grp.tenant_id)
       OR grp.tenant_id IS NULL THEN
        RAISE EXCEPTION 'match_item_foreign' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF abs(NEW.allocated_minor) > abs(item.amount_minor)
       OR sign(NEW.allocated_minor) NOT IN (0, sign(item.amount_minor)) THEN
        RAISE EXCEPTION 'allocated_exceeds_item' USING ERRCODE = 'check_violation';
    END IF;
    NEW.confirmed := grp.status = 'confirmed';
    RETURN NEW;
END $$;
CREATE TRIGGER match_item_checked BEFORE INSERT OR UPDATE ON match_item
    FOR EACH ROW EXECUTE FUNCTION match_item_checked();

CREATE FUNCTION match_item_settles() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.confirmed AND (TG_OP = 'INSERT' OR NOT OLD.confirmed) THEN
        UPDATE recon_item SET state = 'matched',
               settled_at = (SELECT decided_at FROM match_group WHERE id = NEW.group_id)
        WHERE seq = NEW.item_seq;
    ELSIF TG_OP = 'UPDATE' AND OLD.confirmed AND NOT NEW.confirmed THEN
        UPDATE recon_item SET state = 'open', settled_at = NULL WHERE seq = NEW.item_seq;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER match_item_settles AFTER INSERT OR UPDATE ON match_item
    FOR EACH ROW EXECUTE FUNCTION match_item_settles();

CREATE FUNCTION match_group_followed() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.status IN ('rejected', 'superseded', 'split', 'revoked')
       OR (OLD.status = 'confirmed' AND NEW.status <> 'revoked') THEN
        RAISE EXCEPTION 'match_group_final' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE match_item SET confirmed = NEW.status = 'confirmed' WHERE group_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER match_group_followed AFTER UPDATE OF status ON match_group
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION match_group_followed();

-- Have what was booked since ``mark`` take part in a leg of a connection. Receipts, reversals and payouts are many and
-- looked at from the mark on; contests and payouts that came back are few and looked at in full. A report that never
-- tells of payouts does not miss them.
CREATE FUNCTION recon_enter_book(connection_named text, leg_named text, mark timestamptz, moment timestamptz)
RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
    INSERT INTO recon_item (tenant_id, connection_id, currency, leg, side, kind, ref, amount_minor, fee_minor,
                            tax_minor, day, state, seen_at)
    SELECT tenant_id, connection_id, currency, leg_named, 'left', kind, ref, amount, fee, tax, day, 'open', moment
    FROM (
        SELECT r.tenant_id, r.connection_id, r.currency, 'payment' AS kind, r.id AS ref, r.amount_minor AS amount,
               r.fee_minor AS fee, r.withheld_minor AS tax, r.value_date AS day
        FROM receipt r
        WHERE r.connection_id = connection_named AND r.to_bank = (leg_named = 'bank') AND r.state <> 'refused'
          AND r.amount_minor <> 0 AND (mark IS NULL OR r.created_at >= mark)
        UNION ALL
        SELECT v.tenant_id, v.connection_id, v.currency, v.kind, v.id, -v.amount_minor, 0, 0, v.value_date
        FROM reversal v JOIN receipt r ON r.id = v.receipt_id
        WHERE v.connection_id = connection_named AND r.to_bank = (leg_named = 'bank')
          AND (mark IS NULL OR v.created_at >= mark)
        UNION ALL
        SELECT c.tenant_id, c.connection_id, c.currency, 'chargeback', c.id || '/opened/' || n, -c.amount_minor,
               CASE n WHEN 1 THEN c.fee_minor ELSE 0 END, 0, c.told_at::date
        FROM contest c CROSS JOIN generate_series(1, c.round) n
        WHERE c.connection_id = connection_named AND leg_named = 'platform'
        UNION ALL
        SELECT c.tenant_id, c.connection_id, c.currency, 'chargeback_won', c.id || '/won/' || n, c.amount_minor, 0, 0,
               c.told_at::date
        FROM contest c CROSS JOIN generate_series(1, CASE c.state WHEN 'won' THEN c.round ELSE c.round - 1 END) n
        WHERE c.connection_id = connection_named AND leg_named = 'platform'
        UNION ALL
        SELECT p.tenant_id, p.connection_id, p.currency, 'payout', p.id, -p.net_minor, p.fee_minor, p.withheld_minor,
               p.value_date
        FROM payout p
        WHERE p.connection_id = connection_named AND leg_named = 'platform'
          AND EXISTS (SELECT FROM recon_item i WHERE i.connection_id = p.connection_id AND i.leg = 'platform'
                      AND i.side = 'right' AND i.kind = 'payout')
        UNION ALL
        SELECT p.tenant_id, p.connection_id, p.currency, 'payout_returned', p.id || '/returned', p.net_minor, 0, 0,
               p.value_date
        FROM payout p
        WHERE p.connection_id = connection_named AND leg_named = 'platform' AND p.state = 'returned'
          AND EXISTS (SELECT FROM recon_item i WHERE i.leg = 'platform' AND i.ref = p.id)
        UNION ALL
        SELECT p.tenant_id, p.connection_id, p.currency, 'payout', p.id, p.net_minor, 0, 0, p.value_date
        FROM payout p JOIN connection c ON c.id = p.connection_id
        WHERE c.creditor_id = (SELECT creditor_id FROM connection WHERE id = connection_named)
          AND leg_named = 'bank' AND p.state <> 'returned' AND (mark IS NULL OR p.created_at >= mark)
    ) AS found
    ORDER BY day, ref
    ON CONFLICT DO NOTHING;
    UPDATE recon_item i SET state = 'settled', settled_at = moment
    FROM payout p JOIN connection c ON c.id = p.connection_id
    WHERE leg_named = 'bank' AND i.leg = 'bank' AND i.ref = p.id AND i.state = 'open' AND p.state = 'returned'
      AND c.creditor_id = (SELECT creditor_id FROM connection WHERE id = connection_named);
$$;

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['column_mapping', 'source_file', 'source_file_chunk', 'source_line', 'recon_rules',
        'recon_run', 'recon_item', 'match_group', 'match_item', 'difference', 'difference_event', 'outgoing_event']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_rows ON %I USING (tenant_id = this_tenant()) '
                       'WITH CHECK (tenant_id = this_tenant())', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO afluente_app', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['column_mapping', 'source_file_chunk', 'source_line', 'recon_rules', 'recon_run',
        'difference_event', 'outgoing_event']
    LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name || '_stays', name);
    END LOOP;
END $$;
GRANT UPDATE (state, format, family, source, lines, new_lines, first_day, last_day, statements, error_code, error,
              error_line, read_at, mapping_id) ON source_file TO afluente_app;
GRANT UPDATE (state, settled_at, fee_minor, tax_minor) ON recon_item TO afluente_app;
GRANT UPDATE (status, decided_by, decided_at, note, effects) ON match_group TO afluente_app;
GRANT UPDATE (state, owner, due_date, case_id, resolution, resolved_by, resolved_at, effects) ON difference
    TO afluente_app;

/* What a program reads in a 合意証明書. Members are only ever added within one version of the format. */
#include "certificate_fill.h"

#include "audit.h"
#include "clock.h"
#include "json.h"

enum { FORMAT_VERSION = 1 };

struct writer {
	struct arena *a;
	struct buf b;
	bool first; /* nothing stands in the open object or array yet */
};

static void
key(struct writer *w, const char *name)
{
	if (!w->first)
		buf_put_byte(&w->b, ',');
	w->first = false;
	if (name)
		buf_printf(&w->b, "\"%s\":", name);
}

/* name: NULL within an array. */
static void
begin(struct writer *w, const char *name, char bracket)
{
	key(w, name);
	buf_put_byte(&w->b, (unsigned char)bracket);
	w->first = true;
}

static void
end(struct writer *w, char bracket)
{
	buf_put_byte(&w->b, (unsigned char)bracket);
	w->first = false;
}

static void
put(struct writer *w, const char *name, struct str s)
{
	key(w, name);
	json_put_string(&w->b, s);
}

static void
put_number(struct writer *w, const char *name, uint64_t n)
{
	key(w, name);
	buf_printf(&w->b, "%llu", (unsigned long long)n);
}

/* Left out when it did not happen. */
static void
put_time(struct writer *w, const char *name, int64_t ms)
{
	if (ms)
		put(w, name, clock_iso(w->a, ms));
}

static void
put_file(struct writer *w, const char *name, struct str sha256, size_t bytes, int64_t ms)
{
	begin(w, name, '{');
	put(w, "sha256", sha256);
	put_number(w, "bytes", bytes);
	put_time(w, "time", ms);
	end(w, '}');
}

static void
put_contract(struct writer *w, const struct certificate *c)
{
	begin(w, "contract", '{');
	put(w, "document_id", c->document_id);
	put(w, "title", c->title);
	put_number(w, "version", c->version);
	put_number(w, "pages", c->pages);
	put_file(w, "sent", c->sent_sha256, c->sent_bytes, c->sent_ms);
	put_file(w, "concluded", c->concluded_sha256, c->concluded_bytes, c->concluded_ms);
	end(w, '}');
}

static void
put_party(struct writer *w, const struct certificate_party *p)
{
	begin(w, NULL, '{');
	put(w, "role", p->role.en);
	put(w, "order", p->order);
	put(w, "company", p->company);
	put(w, "title", p->title);
	put(w, "name", p->name);
	put(w, "mail", p->mail);
	begin(w, "as_entered_by_sender", '{');
	put(w, "company", p->sent_company);
	put(w, "name", p->sent_name);
	put(w, "mail", p->sent_mail);
	end(w, '}');
	put(w, "entry", p->entry.en);
	put(w, "authentication", p->authentication.ja);
	put_time(w, "code_sent", p->code_sent_ms);
	put_time(w, "code_verified", p->code_verified_ms);
	put_time(w, "opened", p->opened_ms);
	put_time(w, "all_pages_shown", p->viewed_all_ms);
	put_time(w, "consented", p->consented_ms);
	put(w, "ip", p->ip);
	put(w, "user_agent", p->user_agent);
	put(w, "consent_text", p->consent_text);
	put(w, "event_hash", p->event_hash);
	end(w, '}');
}

static void
put_seal(struct writer *w, const struct certificate_seal *s)
{
	begin(w, NULL, '{');
	put(w, "kind", s->kind.en);
	put(w, "field", s->field);
	put(w, "signer", s->signer);
	put(w, "level", s->level);
	put(w, "digest", s->digest);
	put_time(w, "time", s->at_ms);
	put(w, "tsa", s->tsa);
	put(w, "token_serial", s->token_serial);
	put(w, "certificate_sha256", s->certificate);
	end(w, '}');
}

static void
put_delegation(struct writer *w, const struct certificate_delegation *d)
{
	begin(w, NULL, '{');
	put_time(w, "time", d->at_ms);
	put(w, "from", d->from);
	put(w, "to", d->to);
	put(w, "reason", d->reason);
	end(w, '}');
}

static void
put_line(struct writer *w, const struct certificate_line *l, const char *who, const char *detail)
{
	begin(w, NULL, '{');
	put_time(w, "time", l->at_ms);
	put(w, "what", l->what.ja);
	put(w, who, l->who);
	if (detail)
		put(w, detail, l->detail);
	end(w, '}');
}

static void
put_lists(struct writer *w, const struct certificate *c)
{
	begin(w, "parties", '[');
	for (size_t i = 0; i < c->parties_n; i++)
		put_party(w, &c->parties[i]);
	end(w, ']');
	begin(w, "files", '[');
	for (size_t i = 0; i < c->files_n; i++)
		put_line(w, &c->files[i], "by", "sha256");
	end(w, ']');
	begin(w, "signatures", '[');
	for (size_t i = 0; i < c->seals_n; i++)
		put_seal(w, &c->seals[i]);
	end(w, ']');
	begin(w, "delegations", '[');
	for (size_t i = 0; i < c->delegations_n; i++)
		put_delegation(w, &c->delegations[i]);
	end(w, ']');
	begin(w, "mails", '[');
	for (size_t i = 0; i < c->mails_n; i++)
		put_line(w, &c->mails[i], "mail", NULL);
	end(w, ']');
}

static void
put_audit(struct writer *w, const struct certificate *c, const struct row_audit_list *rows)
{
	if (c->checkpoint_size) {
		begin(w, "checkpoint", '{');
		put_number(w, "size", (uint64_t)c->checkpoint_size);
		put(w, "root", c->checkpoint_root);
		put_time(w, "time", c->checkpoint_ms);
		end(w, '}');
	}
	put(w, "audit_head", c->audit_head);
	begin(w, "events", '[');
	for (size_t i = 0; i < rows->n; i++) {
		const struct row_audit *r = &rows->v[i];
		struct audit_event event = {r->envelope_id, r->seq, r->at_ms, r->event, r->participant_id,
		    r->actor, r->detail, r->entry, r->authentication, r->ip, r->user_agent, r->prev};
		begin(w, NULL, '{');
		key(w, "event");
		audit_canonical(&event, &w->b);
		put(w, "hash", r->hash);
		end(w, '}');
	}
	end(w, ']');
}

struct str
certificate_json(const struct issuing *from, const struct certificate *c)
{
	struct writer w = {.a = from->a->arena, .first = true};
	begin(&w, NULL, '{');
	put(&w, "format", STR("keiin-certificate"));
	put_number(&w, "version", FORMAT_VERSION);
	put(&w, "number", c->number);
	put_time(&w, "issued", c->issued_ms);
	put(&w, "issuer", c->issuer);
	put(&w, "sender", c->sender);
	put_contract(&w, c);
	put_lists(&w, c);
	put_audit(&w, c, &from->rounds[from->rounds_n - 1].audit);
	end(&w, '}');
	buf_put_byte(&w.b, '\n');
	struct str json = arena_str(w.a, buf_str(&w.b));
	buf_free(&w.b);
	return json;
}

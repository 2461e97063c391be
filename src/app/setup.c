/* First run: the organisation and its administrator. */
#include "app_text.h"
#include "password.h"
#include "query.h"

enum { PASSWORD_MIN = 10, PASSWORD_MAX = 256 };

struct str
app_state_label(enum envelope_state s, bool english)
{
	return str_c(envelope_state_label(s, english));
}

enum err
app_setup_needed(struct app *a, bool *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_organisation_any any;
	TRY(tx_read(a->store, &tx));
	TRY(q_organisation_any(&tx, a->arena, &any));
	*ret = any.n == 0;
	return OK;
}

enum err
app_setup(struct app *a, const struct setup_cmd *cmd, struct faults *faults)
{
	struct str organisation, name, mail, hash;
	bool needed;
	int64_t n;
	TRY(app_setup_needed(a, &needed));
	if (!needed)
		return ERR_WRONG_STATE;
	check_line(a, faults, STR("organisation"), cmd->organisation, NAME_MAX, true, &organisation);
	check_line(a, faults, STR("name"), cmd->name, NAME_MAX, true, &name);
	check_mail(a, faults, STR("mail"), cmd->mail, &mail);
	if (cmd->password.n < PASSWORD_MIN || cmd->password.n > PASSWORD_MAX)
		fault_add(faults, STR("password"), "パスワードは10文字以上256文字以内で入力してください。",
		    "Please use a password of 10 to 256 characters.");
	TRY(faults_result(faults));
	TRY(password_hash(a->arena, cmd->password, &hash));

	struct tx tx CLEANUP(tx_end) = {0};
	struct str id = id_new(a->arena);
	TRY(tx_write(a->store, &tx));
	TRY(q_organisation_add_first(&tx, id, organisation, a->now_ms, &n));
	if (n == 0)
		return ERR_WRONG_STATE;
	TRY(q_account_add(&tx, id_new(a->arena), id, name, mail, mail, hash, a->now_ms, &n));
	return tx_commit(&tx);
}

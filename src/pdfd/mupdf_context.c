#include "mupdf_context.h"
#include "pdfd.h"

static fz_context *context;

static void
silent(void *user, const char *message)
{
}

fz_context *
mupdf_context(void)
{
	return context;
}

enum err
mupdf_open(fz_context *ctx, struct str pdf, fz_document **ret)
{
	fz_stream *s = NULL;
	fz_document *volatile d = NULL; /* survives the jump of fz_try */
	fz_var(s);
	fz_try(ctx)
	{
		s = fz_open_memory(ctx, (const unsigned char *)pdf.p, pdf.n);
		d = fz_open_document_with_stream(ctx, "application/pdf", s);
	}
	fz_always(ctx) fz_drop_stream(ctx, s);
	fz_catch(ctx) return ERR_PDF_BROKEN;
	*ret = d;
	return OK;
}

/* Fonts are inside the library; rendering a page once makes the tables that every child then shares. */
static void
touch_fonts(fz_context *ctx)
{
	fz_font *cjk = NULL, *base = NULL;
	fz_var(cjk);
	fz_var(base);
	fz_try(ctx)
	{
		base = fz_new_base14_font(ctx, "Helvetica");
		cjk = fz_new_cjk_font(ctx, FZ_ADOBE_JAPAN);
	}
	fz_always(ctx)
	{
		fz_drop_font(ctx, cjk);
		fz_drop_font(ctx, base);
	}
	fz_catch(ctx)
	{ /* rendering loads them later, then; slower, not wrong */
	}
}

enum err
pdfd_warm(void)
{
	context = fz_new_context(NULL, NULL, FZ_STORE_DEFAULT / 4);
	if (!context)
		return ERR_NOMEM;
	fz_set_warning_callback(context, silent, NULL);
	fz_set_error_callback(context, silent, NULL);
	fz_try(context) fz_register_document_handlers(context);
	fz_catch(context) return ERR_NOMEM;
	touch_fonts(context);
	return OK;
}

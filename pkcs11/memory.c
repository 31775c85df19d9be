/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/memory.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"

tmg_p11_memory *
tmg_p11_memory_new(void)
{
	return calloc(1, sizeof(tmg_p11_memory));
}

static void
forget(CK_ATTRIBUTE *row)
{
	if (row->pValue != NULL)
		explicit_bzero(row->pValue, row->ulValueLen);
	free(row->pValue);
}

void
tmg_p11_memory_free(tmg_p11_memory **memory)
{
	if (*memory == NULL)
		return;
	for (CK_ULONG i = 0; i < (*memory)->count; i++)
		forget(&(*memory)->rows[i]);
	free((*memory)->rows);
	free(*memory);
	*memory = NULL;
}

static CK_ATTRIBUTE *
row_of(const tmg_p11_memory *memory, CK_ATTRIBUTE_TYPE type)
{
	for (CK_ULONG i = 0; i < memory->count; i++)
		if (memory->rows[i].type == type)
			return &memory->rows[i];
	return NULL;
}

static CK_ATTRIBUTE *
new_row(tmg_p11_memory *memory, CK_ATTRIBUTE_TYPE type)
{
	CK_ATTRIBUTE *more = realloc(memory->rows,
	    (memory->count + 1) * sizeof(*more));

	if (more == NULL)
		return NULL;
	memory->rows = more;
	more[memory->count] = (CK_ATTRIBUTE){ .type = type };
	return &more[memory->count++];
}

CK_RV
tmg_p11_memory_put(tmg_p11_memory *memory, CK_ATTRIBUTE_TYPE type,
    tmg_view value)
{
	CK_ATTRIBUTE *row = row_of(memory, type);
	uint8_t *copy = malloc(value.len + 1);

	if (row == NULL && copy != NULL)
		row = new_row(memory, type);
	if (row == NULL || copy == NULL) {
		free(copy);
		return CKR_HOST_MEMORY;
	}
	if (value.len > 0)
		memcpy(copy, value.ptr, value.len);
	forget(row);
	row->pValue = copy;
	row->ulValueLen = value.len;
	return CKR_OK;
}

CK_RV
tmg_p11_memory_put_bool(tmg_p11_memory *memory, CK_ATTRIBUTE_TYPE type,
    bool value)
{
	const CK_BBOOL b = value ? CK_TRUE : CK_FALSE;

	return tmg_p11_memory_put(memory, type, (tmg_view){ &b, sizeof(b) });
}

CK_RV
tmg_p11_memory_put_ulong(tmg_p11_memory *memory, CK_ATTRIBUTE_TYPE type,
    CK_ULONG value)
{
	return tmg_p11_memory_put(memory, type,
	    (tmg_view){ (const uint8_t *)&value, sizeof(value) });
}

void
tmg_p11_memory_drop(tmg_p11_memory *memory, CK_ATTRIBUTE_TYPE type)
{
	CK_ATTRIBUTE *row = row_of(memory, type);

	if (row == NULL)
		return;
	forget(row);
	*row = memory->rows[--memory->count];
}

/* 4.4, 4.8: a session object is nobody's secret unless the template says so. */
CK_RV
tmg_p11_memory_begin(tmg_p11_memory *memory, const CK_ATTRIBUTE *templ,
    CK_ULONG count)
{
	static const struct {
		CK_ATTRIBUTE_TYPE type;
		bool value;
	} defaults[] = {
		{ CKA_TOKEN, false }, { CKA_PRIVATE, false },
		{ CKA_MODIFIABLE, true }, { CKA_COPYABLE, true },
		{ CKA_DESTROYABLE, true },
	};
	CK_RV rv = tmg_p11_memory_put(memory, CKA_LABEL, (tmg_view){ NULL, 0 });

	for (size_t i = 0; rv == CKR_OK && i < TMG_COUNT(defaults); i++)
		rv = tmg_p11_memory_put_bool(memory, defaults[i].type,
		    defaults[i].value);
	for (CK_ULONG i = 0; rv == CKR_OK && i < count; i++)
		rv = tmg_p11_memory_put(memory, templ[i].type,
		    (tmg_view){ templ[i].pValue, templ[i].ulValueLen });
	return rv;
}

bool
tmg_p11_memory_get(const tmg_p11_memory *memory, CK_ATTRIBUTE_TYPE type,
    tmg_view *value)
{
	const CK_ATTRIBUTE *row = row_of(memory, type);

	*value = (tmg_view){ NULL, 0 };
	if (row == NULL)
		return false;
	*value = (tmg_view){ row->pValue, row->ulValueLen };
	return true;
}

bool
tmg_p11_memory_bool(const tmg_p11_memory *memory, CK_ATTRIBUTE_TYPE type)
{
	tmg_view v;

	return tmg_p11_memory_get(memory, type, &v) &&
	    v.len == sizeof(CK_BBOOL) && v.ptr[0] != CK_FALSE;
}

CK_ULONG
tmg_p11_memory_size(const tmg_p11_memory *memory)
{
	CK_ULONG size = 0;

	for (CK_ULONG i = 0; i < memory->count; i++)
		size += memory->rows[i].ulValueLen;
	return size;
}

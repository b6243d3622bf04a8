#include "site/campaign.h"

#include <stdlib.h>

/* Where signatures come from: bars, and for prefectures a map of tiles. A region is drawn only from REGION_SHOWN_MIN on, so that no
 * single person stands out. */

#define TILE 24 /* units of the drawing */
#define SHADES 5

static int shade_of(int64_t n, int64_t most)
{
	int64_t shade = most ? n * SHADES / most : 0;
	return (int)(shade < SHADES ? shade : SHADES - 1);
}

/* Two characters tell a prefecture's name in Japanese, three in English. */
static struct str short_name(struct str name, struct str lang)
{
	size_t at = 0, n = str_starts(lang, STR("ja")) ? 2 : 3;
	for (size_t i = 0; i < n && at < name.n; i++)
		utf8_next(name, &at);
	return str_sub(name, 0, at);
}

static void add_map(
    struct campaign_view *v, struct view_value *regions, const struct region_count *all, size_t n, int64_t most)
{
	struct page *p = &v->p;
	struct view_value *map = view_set_object(regions, "map"), *tiles = view_set_list(map, "tiles");
	for (int i = 0; i < PREFECTURES_MAX; i++) {
		struct view_value *tile = view_push_object(tiles);
		struct str code = arena_printf(p->arena, "%02d", i + 1), name = region_name(code, p->lang);
		int64_t signed_ = 0;
		for (size_t j = 0; j < n; j++) {
			if (str_eq(all[j].region, code))
				signed_ = all[j].n;
		}
		bool shown = signed_ >= REGION_SHOWN_MIN;
		view_set_int(tile, "x", PREFECTURES[i].x * TILE + 1);
		view_set_int(tile, "y", PREFECTURES[i].y * TILE + 1);
		view_set_int(tile, "tx", PREFECTURES[i].x * TILE + TILE / 2);
		view_set_int(tile, "ty", PREFECTURES[i].y * TILE + TILE / 2 + 3);
		view_set_str(tile, "tile_name", short_name(name, p->lang));
		view_set_str(tile, "tile_title", name);
		view_set_str(tile, "tile_n", shown ? view_number(p->arena, p->lang, signed_) : STR(""));
		view_set_str(
		    tile, "shade", shown ? arena_printf(p->arena, "cam-shade%d", shade_of(signed_, most)) : STR("cam-shade"));
	}
}

static int by_number(const void *a, const void *b)
{
	const struct region_count *x = a, *y = b;
	return x->n != y->n ? (x->n < y->n ? 1 : -1) : str_cmp(x->region, y->region);
}

void campaign_regions(struct campaign_view *v)
{
	struct page *p = &v->p;
	struct region_count *all;
	struct error why = { 0 };
	size_t n, shown = 0;
	if (v->c.regions == REGIONS_NONE)
		return;
	if (!region_list(p->site->store, v->c.id, &all, &n, p->arena, &why)) {
		log_error(&why, "counting regions");
		return;
	}
	qsort(all, n, sizeof *all, by_number);
	while (shown < n && all[shown].n >= REGION_SHOWN_MIN)
		shown++;
	if (shown == 0)
		return;
	struct view_value *regions = view_set_object(p->root, "regions"), *list = view_set_list(regions, "bars");
	for (size_t i = 0; i < shown; i++) {
		struct view_value *bar = view_push_object(list);
		struct str name = region_name(all[i].region, p->lang);
		view_set_str(bar, "region_name", name.n ? name : all[i].region);
		view_set_str(bar, "region_n", view_number(p->arena, p->lang, all[i].n));
		view_set_int(bar, "width", all[i].n * 100 / all[0].n);
	}
	if (v->c.regions == REGIONS_PREFECTURE)
		add_map(v, regions, all, shown, all[0].n);
}

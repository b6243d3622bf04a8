#include "desk/settings.h"

#include <stdio.h>

/* Small plots, drawn in a template from these numbers. Colours are classes of desk.css; each has its numbers as a table. */

#define WIDTH 480
#define HEIGHT 132
#define TOP 20    /* room for a column's value */
#define BOTTOM 22 /* and for its label */
#define ROW 26
#define LABEL_WIDTH 190

static int64_t most(const struct plot_bar *bars, size_t n)
{
	int64_t max = 1;
	for (size_t i = 0; i < n; i++)
		max = bars[i].value > max ? bars[i].value : max;
	return max;
}

static struct view_value *begin(struct desk_page *p, const char *key, int height, size_t n)
{
	struct view_value *plot = view_set_object(p->root, key);
	view_set_int(plot, "width", WIDTH);
	view_set_int(plot, "height", height);
	view_set_bool(plot, "any", n > 0);
	return view_set_list(plot, "bars");
}

static void set_box(struct view_value *v, int64_t x, int64_t y, int64_t w, int64_t h)
{
	view_set_int(v, "x", x);
	view_set_int(v, "y", y);
	view_set_int(v, "w", w);
	view_set_int(v, "h", h);
}

void plot_columns(struct desk_page *p, const char *key, const struct plot_bar *bars, size_t n)
{
	struct view_value *list = begin(p, key, HEIGHT, n);
	const int64_t room = HEIGHT - TOP - BOTTOM, max = most(bars, n), step = n ? WIDTH / (int64_t)n : 0;
	for (size_t i = 0; i < n; i++) {
		struct view_value *v = view_push_object(list);
		int64_t h = bars[i].value * room / max, x = (int64_t)i * step;
		/* What is not nothing is seen. */
		if (bars[i].value > 0 && h < 2)
			h = 2;
		set_box(v, x + 4, TOP + room - h, step - 8, h);
		view_set_int(v, "mid", x + step / 2);
		view_set_int(v, "value_y", TOP + room - h - 5);
		view_set_int(v, "label_y", HEIGHT - 6);
		view_set_str(v, "label", bars[i].label);
		view_set_str(v, "value_text", bars[i].value_text);
	}
}

void plot_rows(struct desk_page *p, const char *key, const struct plot_bar *bars, size_t n)
{
	struct view_value *list = begin(p, key, (int)(n * ROW), n);
	const int64_t room = WIDTH - LABEL_WIDTH - 60, max = most(bars, n);
	for (size_t i = 0; i < n; i++) {
		struct view_value *v = view_push_object(list);
		int64_t w = bars[i].value * room / max, y = (int64_t)i * ROW;
		set_box(v, LABEL_WIDTH, y + 4, w < 2 ? 2 : w, ROW - 8);
		view_set_int(v, "value_x", LABEL_WIDTH + (w < 2 ? 2 : w) + 6);
		view_set_int(v, "label_x", LABEL_WIDTH - 8);
		view_set_int(v, "text_y", y + ROW / 2 + 5);
		view_set_str(v, "label", bars[i].label);
		view_set_str(v, "value_text", bars[i].value_text);
	}
}

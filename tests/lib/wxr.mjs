/* Writes WordPress exports for tests. */

const cdata = (s) => `<![CDATA[${String(s).replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;

export const base = "https://old.example";

/* An item of an export; what is not said is as WordPress writes it for a plain published post. */
export function item(i) {
  const it = { type: "post", status: "publish", title: `Title ${i.id}`, name: `slug-${i.id}`, creator: "sato", content: "", excerpt: "",
    date: "2020-05-01 09:00:00", gmt: "2020-05-01 00:00:00", modified: "2020-05-02 00:00:00", parent: 0, sticky: 0, password: "", terms: [], meta: {}, ...i };
  const link = it.link ?? `${base}/${it.name}/`;
  return `<item><title>${cdata(it.title)}</title><link>${link}</link><dc:creator>${cdata(it.creator)}</dc:creator>
<content:encoded>${cdata(it.content)}</content:encoded><excerpt:encoded>${cdata(it.excerpt)}</excerpt:encoded>
<wp:post_id>${it.id}</wp:post_id><wp:post_date>${cdata(it.date)}</wp:post_date><wp:post_date_gmt>${cdata(it.gmt)}</wp:post_date_gmt>
<wp:post_modified_gmt>${cdata(it.modified)}</wp:post_modified_gmt><wp:post_name>${cdata(it.name)}</wp:post_name><wp:status>${cdata(it.status)}</wp:status>
<wp:post_parent>${it.parent}</wp:post_parent><wp:menu_order>0</wp:menu_order><wp:post_type>${cdata(it.type)}</wp:post_type>
<wp:post_password>${cdata(it.password)}</wp:post_password><wp:is_sticky>${it.sticky}</wp:is_sticky>
${it.attachment ? `<wp:attachment_url>${it.attachment}</wp:attachment_url>` : ""}
${it.terms.map(([domain, slug, name]) => `<category domain="${domain}" nicename="${slug}">${cdata(name ?? slug)}</category>`).join("\n")}
${Object.entries(it.meta).map(([k, v]) => `<wp:postmeta><wp:meta_key>${cdata(k)}</wp:meta_key><wp:meta_value>${cdata(v)}</wp:meta_value></wp:postmeta>`).join("\n")}
${"<wp:comment><wp:comment_id>1</wp:comment_id><wp:comment_content>x</wp:comment_content></wp:comment>".repeat(it.comments ?? 0)}
</item>`;
}

export const category = (id, slug, name, parent = "", description = "") =>
  `<wp:category><wp:term_id>${id}</wp:term_id><wp:category_nicename>${slug}</wp:category_nicename><wp:category_parent>${parent}</wp:category_parent><wp:cat_name>${cdata(name)}</wp:cat_name><wp:category_description>${cdata(description)}</wp:category_description></wp:category>`;
export const tag = (id, slug, name) =>
  `<wp:tag><wp:term_id>${id}</wp:term_id><wp:tag_slug>${slug}</wp:tag_slug><wp:tag_name>${cdata(name)}</wp:tag_name></wp:tag>`;
export const term = (id, taxonomy, slug, name, parent = "", description = "") =>
  `<wp:term><wp:term_id>${id}</wp:term_id><wp:term_taxonomy>${taxonomy}</wp:term_taxonomy><wp:term_slug>${slug}</wp:term_slug><wp:term_parent>${parent}</wp:term_parent><wp:term_name>${cdata(name)}</wp:term_name><wp:term_description>${cdata(description)}</wp:term_description></wp:term>`;

export const head = (channel = "") => `<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Old</title><link>${base}</link><wp:wxr_version>1.2</wp:wxr_version><wp:base_site_url>${base}</wp:base_site_url><wp:base_blog_url>${base}</wp:base_blog_url>
<wp:author><wp:author_id>1</wp:author_id><wp:author_login>${cdata("sato")}</wp:author_login><wp:author_display_name>${cdata("佐藤")}</wp:author_display_name></wp:author>
${channel}
`;
export const tail = "</channel></rss>\n";

export const wxr = (items, channel = "") => head(channel) + items.map(item).join("\n") + tail;

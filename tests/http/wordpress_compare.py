"""Reads an export with Python's own XML parser and compares it with what the program says that it holds: each published
item by title, slug, date and categories, and the live count of each category. Prints "same: N", or the differences."""
import collections, html, json, re, sys, urllib.parse
import xml.etree.ElementTree as ET

WP = "{http://wordpress.org/export/1.2/}"
STATUS = {"publish": "published", "draft": "draft", "pending": "review", "future": "scheduled", "private": "private"}
got = json.load(sys.stdin)
articles = {a["source"]: a for a in got["articles"]}
by_name = {c["name"]: c for c in got["categories"]}
faults, n, live = [], 0, collections.Counter()


def check(what, wanted, found):
    if wanted != found:
        faults.append(f"{what}: wanted {wanted!r}, found {found!r}")


for item in ET.parse(sys.argv[1]).getroot()[0].findall("item"):
    field = lambda name: (item.findtext(WP + name) or "").strip()
    if field("post_type") not in ("post", "page") or field("status") not in STATUS:
        continue
    link, title = item.findtext("link"), html.unescape((item.findtext("title") or "").strip())
    a = articles.pop(link, None)
    if a is None:
        faults.append(f"{title}: missing")
        continue
    n += 1
    check(f"{title}: status", "private" if field("post_password") else STATUS[field("status")], a["status"])
    if title:
        check("title", title, a["title"])
    if a["status"] not in ("published", "private", "scheduled"):
        continue
    check(f"{title}: date", field("post_date_gmt").replace(" ", "T") + "Z", a["published"])
    wanted = urllib.parse.unquote(field("post_name"))
    if not re.fullmatch(re.escape(wanted) + r"(-\d+)?", a["slug"]):
        check(f"{title}: slug", wanted, a["slug"])
    names = {html.unescape(c.text) for c in item.findall("category") if c.get("domain") == "category"}
    for name in names:
        if name not in by_name or link not in got["inside"][by_name[name]["slug"]]:
            faults.append(f"{title}: is not in the category {name}")
        live[name] += a["status"] == "published"
for source in articles:
    faults.append(f"{source}: was not in the export")
for c in got["categories"]:
    check(f"{c['name']}: count", live[c["name"]], c["articles"])
print("\n".join(faults) if faults else f"same: {n}")

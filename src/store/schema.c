#include "store/inner.h"

/* The truth, as the subset of SQL that SQLite and PostgreSQL share as far as can be. Integers are booleans, enums and
 * seconds since 1970; texts are never NULL, the empty text says "none".
 *
 * `listed` is derived within the same transaction: for each interface language and each category (0: the whole site)
 * the version of each published group that a reader of that language is shown. Portal, categories, counts and
 * neighbours all read from it alone. */
const char *const STORE_MIGRATIONS[] = {
	"CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);"

	"CREATE TABLE article ("
	" id INTEGER PRIMARY KEY,"
	" group_id INTEGER NOT NULL,"
	" lang TEXT NOT NULL, slug TEXT NOT NULL, title TEXT NOT NULL,"
	" summary TEXT NOT NULL,"       /* as written; */
	" shown_summary TEXT NOT NULL," /* else the excerpt */
	" status INTEGER NOT NULL, sticky INTEGER NOT NULL,"
	" author TEXT NOT NULL, translator TEXT NOT NULL,"
	" created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, published_at INTEGER NOT NULL,"
	" source TEXT NOT NULL, import_key TEXT NOT NULL, import_hash TEXT NOT NULL,"
	" UNIQUE (lang, slug));"
	"CREATE INDEX article_group ON article (group_id);"
	"CREATE INDEX article_status ON article (status, published_at, id);"
	"CREATE UNIQUE INDEX article_import ON article (import_key) WHERE import_key <> '';"

	"CREATE TABLE article_text ("
	" article INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,"
	" format INTEGER NOT NULL, preface TEXT NOT NULL, body TEXT NOT NULL,"
	" original_title TEXT NOT NULL, original_author TEXT NOT NULL, original_publisher TEXT NOT NULL,"
	" original_url TEXT NOT NULL, original_date TEXT NOT NULL, original_licence TEXT NOT NULL,"
	" original_lang TEXT NOT NULL);"

	"CREATE TABLE rendered ("
	" article INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,"
	" html TEXT NOT NULL, preface_html TEXT NOT NULL, excerpt TEXT NOT NULL, text TEXT NOT NULL,"
	" preface_text TEXT NOT NULL, headings_text TEXT NOT NULL, citations_heading TEXT NOT NULL,"
	" lead_image TEXT NOT NULL);"
	"CREATE TABLE heading ("
	" article INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE, position INTEGER NOT NULL,"
	" level INTEGER NOT NULL, anchor TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (article, position));"
	"CREATE TABLE citation ("
	" article INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE, number INTEGER NOT NULL,"
	" anchor TEXT NOT NULL, label TEXT NOT NULL, html TEXT NOT NULL, text TEXT NOT NULL, url TEXT NOT NULL,"
	" outlet TEXT NOT NULL, published TEXT NOT NULL, accessed TEXT NOT NULL, marks INTEGER NOT NULL,"
	" PRIMARY KEY (article, number));"
	"CREATE TABLE warning ("
	" article INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE, position INTEGER NOT NULL,"
	" kind INTEGER NOT NULL, text TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (article, position));"

	"CREATE TABLE category ("
	" id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, slug TEXT NOT NULL UNIQUE, position INTEGER NOT NULL,"
	" import_key TEXT NOT NULL, articles INTEGER NOT NULL DEFAULT 0);"
	"CREATE INDEX category_parent ON category (parent);"
	"CREATE UNIQUE INDEX category_import ON category (import_key) WHERE import_key <> '';"
	"CREATE TABLE category_name ("
	" category INTEGER NOT NULL REFERENCES category (id) ON DELETE CASCADE, lang TEXT NOT NULL,"
	" name TEXT NOT NULL, description TEXT NOT NULL, PRIMARY KEY (category, lang));"
	"CREATE INDEX category_by_name ON category_name (name);"
	"CREATE TABLE article_category ("
	" article INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,"
	" category INTEGER NOT NULL REFERENCES category (id) ON DELETE CASCADE, position INTEGER NOT NULL,"
	" PRIMARY KEY (article, category));"
	"CREATE INDEX article_category_back ON article_category (category, article);"
	"CREATE TABLE article_tag ("
	" article INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE, tag TEXT NOT NULL,"
	" position INTEGER NOT NULL, PRIMARY KEY (article, tag));"
	"CREATE INDEX article_tag_back ON article_tag (tag, article);"

	"CREATE TABLE listed ("
	" lang TEXT NOT NULL, category INTEGER NOT NULL, sticky INTEGER NOT NULL, published_at INTEGER NOT NULL,"
	" article INTEGER NOT NULL, group_id INTEGER NOT NULL,"
	" PRIMARY KEY (lang, category, sticky, published_at, article));"
	"CREATE INDEX listed_group ON listed (group_id);"

	"CREATE TABLE media ("
	" hash TEXT PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, width INTEGER NOT NULL,"
	" height INTEGER NOT NULL, data BLOB NOT NULL);"
	"CREATE TABLE redirect ("
	" source TEXT PRIMARY KEY, article INTEGER NOT NULL, category INTEGER NOT NULL, path TEXT NOT NULL);"
	"CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);"
	"CREATE TABLE change ("
	" seq INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, id INTEGER NOT NULL);",

	/* The paths that lead to an article are asked for by the search index. */
	"CREATE INDEX redirect_article ON redirect (article);",

	/* What editors know about searching, and what readers looked for in vain. `words` has one word a line. */
	"CREATE TABLE synonym ("
	" id INTEGER PRIMARY KEY, lang TEXT NOT NULL, one_way INTEGER NOT NULL, words TEXT NOT NULL,"
	" UNIQUE (words, one_way, lang));"
	"CREATE TABLE pin (id INTEGER PRIMARY KEY, query TEXT NOT NULL, normal TEXT NOT NULL UNIQUE);"
	"CREATE TABLE pin_article ("
	" pin INTEGER NOT NULL REFERENCES pin (id) ON DELETE CASCADE,"
	" article INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE, position INTEGER NOT NULL,"
	" PRIMARY KEY (pin, article));"
	"CREATE INDEX pin_article_back ON pin_article (article);"
	"CREATE TABLE question ("
	" id INTEGER PRIMARY KEY, lang TEXT NOT NULL, text TEXT NOT NULL, day TEXT NOT NULL, times INTEGER NOT NULL,"
	" UNIQUE (text, lang));"
	"CREATE TABLE unanswered ("
	" query TEXT PRIMARY KEY, searches INTEGER NOT NULL, first_day TEXT NOT NULL, last_day TEXT NOT NULL);",
	"ALTER TABLE article_text ADD COLUMN other_title TEXT NOT NULL DEFAULT '';",

	/* Who works here. Passwords are argon2id; tokens and recovery codes stand here as hashes alone. */
	"CREATE TABLE person ("
	" id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role INTEGER NOT NULL,"
	" lang TEXT NOT NULL, password TEXT NOT NULL, totp TEXT NOT NULL, totp_step INTEGER NOT NULL,"
	" created_at INTEGER NOT NULL);"
	"CREATE TABLE invitation ("
	" hash TEXT PRIMARY KEY, person INTEGER NOT NULL UNIQUE REFERENCES person (id) ON DELETE CASCADE,"
	" expires_at INTEGER NOT NULL);"
	"CREATE TABLE session ("
	" id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE,"
	" person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,"
	" created_at INTEGER NOT NULL, seen_at INTEGER NOT NULL);"
	"CREATE INDEX session_person ON session (person);"
	"CREATE TABLE recovery ("
	" person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE, hash TEXT NOT NULL,"
	" PRIMARY KEY (person, hash));"
	"CREATE TABLE audit ("
	" id INTEGER PRIMARY KEY, at INTEGER NOT NULL, person INTEGER NOT NULL, name TEXT NOT NULL,"
	" action TEXT NOT NULL, object TEXT NOT NULL);"

	/* What an article said after each save at the desk. `categories` and `tags` have one a line. */
	"CREATE TABLE revision ("
	" id INTEGER PRIMARY KEY, article INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,"
	" at INTEGER NOT NULL, person INTEGER NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL,"
	" lang TEXT NOT NULL, slug TEXT NOT NULL, title TEXT NOT NULL, preface TEXT NOT NULL, body TEXT NOT NULL,"
	" format INTEGER NOT NULL, summary TEXT NOT NULL, status INTEGER NOT NULL, published_at INTEGER NOT NULL,"
	" sticky INTEGER NOT NULL, author TEXT NOT NULL, translator TEXT NOT NULL, original_title TEXT NOT NULL,"
	" original_author TEXT NOT NULL, original_publisher TEXT NOT NULL, original_url TEXT NOT NULL,"
	" original_date TEXT NOT NULL, original_licence TEXT NOT NULL, original_lang TEXT NOT NULL,"
	" categories TEXT NOT NULL, tags TEXT NOT NULL);"
	"CREATE INDEX revision_article ON revision (article, id);"
	"CREATE TABLE writer ("
	" article INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE, person INTEGER NOT NULL);"
	/* The desk's list, and its number. */
	"CREATE INDEX article_updated ON article (updated_at, id, status, lang);",

	/* Passkeys; and the challenges that were answered, until they would have been too old anyway. */
	"CREATE TABLE passkey ("
	" id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,"
	" credential BLOB NOT NULL UNIQUE, algorithm INTEGER NOT NULL, public_key BLOB NOT NULL, name TEXT NOT NULL,"
	" counter INTEGER NOT NULL, created_at INTEGER NOT NULL, used_at INTEGER NOT NULL);"
	"CREATE INDEX passkey_person ON passkey (person);"
	"CREATE TABLE challenge_used (hash TEXT PRIMARY KEY, expires_at INTEGER NOT NULL);",

	/* Which redirects lead to an address; what editors do not want to see among the searches in vain again. */
	"CREATE INDEX redirect_path ON redirect (path) WHERE path <> '';"
	"ALTER TABLE unanswered ADD COLUMN dismissed INTEGER NOT NULL DEFAULT 0;",

	/* Translations in the making: what they are of, as frozen copies and as blocks, and what was written beside each block.
	 * `made` names the text that was put into the article last, `upto` the original that the article follows, `hash` the
	 * original as it is now. A block's keys are what terms are looked for in. */
	"CREATE TABLE translation ("
	" id INTEGER PRIMARY KEY, article INTEGER NOT NULL, source_article INTEGER NOT NULL, lang TEXT NOT NULL,"
	" source_lang TEXT NOT NULL, preface TEXT NOT NULL, author TEXT NOT NULL, translator TEXT NOT NULL,"
	" original_title TEXT NOT NULL, original_author TEXT NOT NULL, original_publisher TEXT NOT NULL,"
	" original_url TEXT NOT NULL, original_date TEXT NOT NULL, original_licence TEXT NOT NULL, hash TEXT NOT NULL,"
	" upto TEXT NOT NULL, made TEXT NOT NULL, behind_at INTEGER NOT NULL, started_by TEXT NOT NULL,"
	" created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, title TEXT NOT NULL, blocks INTEGER NOT NULL,"
	" blocks_done INTEGER NOT NULL, blocks_changed INTEGER NOT NULL);"
	"CREATE INDEX translation_article ON translation (article) WHERE article <> 0;"
	"CREATE INDEX translation_source ON translation (source_article) WHERE source_article <> 0;"
	"CREATE INDEX translation_behind ON translation (behind_at) WHERE behind_at <> 0;"
	"CREATE INDEX translation_updated ON translation (updated_at, id);"
	"CREATE TABLE translation_block ("
	" id INTEGER PRIMARY KEY, translation INTEGER NOT NULL REFERENCES translation (id) ON DELETE CASCADE,"
	" position INTEGER NOT NULL, kind INTEGER NOT NULL, level INTEGER NOT NULL, gap TEXT NOT NULL, lead TEXT NOT NULL,"
	" rest TEXT NOT NULL, source TEXT NOT NULL, html TEXT NOT NULL, source_key TEXT NOT NULL, was TEXT NOT NULL,"
	" target TEXT NOT NULL, target_key TEXT NOT NULL, state INTEGER NOT NULL);"
	"CREATE INDEX translation_block_of ON translation_block (translation, position, id);"
	"CREATE TABLE translation_copy ("
	" id INTEGER PRIMARY KEY, translation INTEGER NOT NULL REFERENCES translation (id) ON DELETE CASCADE,"
	" at INTEGER NOT NULL, url TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL,"
	" size INTEGER NOT NULL, title TEXT NOT NULL, author TEXT NOT NULL, publisher TEXT NOT NULL, date TEXT NOT NULL,"
	" licence TEXT NOT NULL, lang TEXT NOT NULL, data BLOB NOT NULL);"
	"CREATE INDEX translation_copy_of ON translation_copy (translation, id);"
	"CREATE TABLE glossary ("
	" id INTEGER PRIMARY KEY, source_lang TEXT NOT NULL, lang TEXT NOT NULL, term TEXT NOT NULL, term_key TEXT NOT NULL,"
	" word TEXT NOT NULL, word_keys TEXT NOT NULL, forbidden TEXT NOT NULL, forbidden_keys TEXT NOT NULL,"
	" note TEXT NOT NULL, category TEXT NOT NULL, UNIQUE (source_lang, lang, term_key));",

	/* Programs: their tokens, as hashes, and what they asked for under a key of their own. */
	"CREATE TABLE token ("
	" id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,"
	" name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL,"
	" created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, used_day TEXT NOT NULL);"
	"CREATE INDEX token_person ON token (person);"
	"CREATE TABLE once ("
	" token INTEGER NOT NULL REFERENCES token (id) ON DELETE CASCADE, name TEXT NOT NULL,"
	" request TEXT NOT NULL, at INTEGER NOT NULL, done INTEGER NOT NULL, status INTEGER NOT NULL,"
	" location TEXT NOT NULL, etag TEXT NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (token, name));"
	"CREATE INDEX once_at ON once (at);",

	/* What was thrown away, and what can be undone: each article with the status and date it had. */
	"CREATE TABLE trash ("
	" article INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE, at INTEGER NOT NULL,"
	" person INTEGER NOT NULL, name TEXT NOT NULL, before INTEGER NOT NULL);"
	"CREATE INDEX trash_at ON trash (at);"
	"CREATE TABLE undo ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT, person INTEGER NOT NULL, at INTEGER NOT NULL, act INTEGER NOT NULL,"
	" category INTEGER NOT NULL);"
	"CREATE TABLE undo_article ("
	" undo INTEGER NOT NULL REFERENCES undo (id) ON DELETE CASCADE, article INTEGER NOT NULL,"
	" status INTEGER NOT NULL, published_at INTEGER NOT NULL, PRIMARY KEY (undo, article));"
	"CREATE INDEX writer_person ON writer (person, article);"
	/* The last round of an article's review, and what is said about it. An answer has the comment as its parent. */
	"CREATE TABLE review ("
	" article INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE, state INTEGER NOT NULL,"
	" asker INTEGER NOT NULL, asker_name TEXT NOT NULL, reviewer INTEGER NOT NULL, asked_at INTEGER NOT NULL,"
	" judge_name TEXT NOT NULL, judged_at INTEGER NOT NULL, text TEXT NOT NULL);"
	"CREATE INDEX review_state ON review (state, article);"
	"CREATE TABLE comment ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT, article INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,"
	" parent INTEGER NOT NULL, person INTEGER NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, quote TEXT NOT NULL,"
	" text TEXT NOT NULL, resolved_at INTEGER NOT NULL, resolved_name TEXT NOT NULL);"
	"CREATE INDEX comment_article ON comment (article, parent, resolved_at, person);",

	/* What is known of images, apart from the table that holds their bytes: what stands behind those is slow to read.
	 * `media_use` is derived with the rendering of an article. */
	"CREATE TABLE media_info ("
	" media TEXT PRIMARY KEY REFERENCES media (hash) ON DELETE CASCADE, state INTEGER NOT NULL,"
	" created_at INTEGER NOT NULL, decorative INTEGER NOT NULL, credit TEXT NOT NULL, licence TEXT NOT NULL);"
	"CREATE INDEX media_waiting ON media_info (state, created_at) WHERE state < 2;"
	"CREATE INDEX media_newest ON media_info (created_at, media);"
	"INSERT INTO media_info (media, state, created_at, decorative, credit, licence)"
	" SELECT hash, 0, 0, 0, '', '' FROM media;"
	"CREATE TABLE media_words ("
	" media TEXT NOT NULL REFERENCES media (hash) ON DELETE CASCADE, lang TEXT NOT NULL, alt TEXT NOT NULL,"
	" caption TEXT NOT NULL, PRIMARY KEY (media, lang));"
	"CREATE TABLE media_size ("
	" media TEXT NOT NULL REFERENCES media (hash) ON DELETE CASCADE, width INTEGER NOT NULL, type TEXT NOT NULL,"
	" height INTEGER NOT NULL, bytes INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (media, type, width));"
	"CREATE TABLE media_alias ("
	" old TEXT PRIMARY KEY, name TEXT NOT NULL, media TEXT NOT NULL REFERENCES media (hash) ON DELETE CASCADE);"
	"CREATE INDEX media_alias_back ON media_alias (media);"
	"CREATE TABLE media_use ("
	" article INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE, media TEXT NOT NULL,"
	" PRIMARY KEY (article, media));"
	"CREATE INDEX media_use_back ON media_use (media, article);"
	"INSERT INTO media_use (article, media)"
	" WITH RECURSIVE part (article, rest) AS ("
	"  SELECT article, substr(html || preface_html, instr(html || preface_html, '/media/') + 7) FROM rendered"
	"  WHERE instr(html || preface_html, '/media/') > 0"
	"  UNION ALL SELECT article, substr(rest, instr(rest, '/media/') + 7) FROM part WHERE instr(rest, '/media/') > 0)"
	" SELECT DISTINCT part.article, media.hash FROM part JOIN media ON media.hash = substr(part.rest, 1, 32);"

	/* Each work that is cited, once. `source_key` has every address, in one spelling, that means it; `citation_source` is
	 * derived with the rendering of an article. */
	"CREATE TABLE source ("
	" id INTEGER PRIMARY KEY, url TEXT NOT NULL, title TEXT NOT NULL, author TEXT NOT NULL, outlet TEXT NOT NULL,"
	" published TEXT NOT NULL, accessed TEXT NOT NULL, archive_url TEXT NOT NULL, edited INTEGER NOT NULL,"
	" state INTEGER NOT NULL DEFAULT 0, status INTEGER NOT NULL DEFAULT 0, goal TEXT NOT NULL DEFAULT '',"
	" checked_at INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0);"
	"CREATE INDEX source_next ON source (next_at, id);"
	"CREATE INDEX source_state ON source (state, id);"
	"CREATE TABLE source_key (key TEXT PRIMARY KEY, source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE);"
	"CREATE INDEX source_key_back ON source_key (source);"
	"CREATE TABLE citation_source ("
	" article INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE, number INTEGER NOT NULL,"
	" source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE, PRIMARY KEY (article, number));"
	"CREATE INDEX citation_source_back ON citation_source (source, article);"
	"INSERT INTO meta (name, value) VALUES ('sources', 'due') ON CONFLICT DO NOTHING;",

	/* Who is told what changes, what they were told, and of each public article what it said then. */
	"CREATE TABLE webhook ("
	" id INTEGER PRIMARY KEY, url TEXT NOT NULL, secret TEXT NOT NULL, events INTEGER NOT NULL,"
	" created_at INTEGER NOT NULL, failing_since INTEGER NOT NULL, disabled_at INTEGER NOT NULL);"
	"CREATE TABLE hook_seen ("
	" article INTEGER PRIMARY KEY, state TEXT NOT NULL, lang TEXT NOT NULL, slug TEXT NOT NULL, title TEXT NOT NULL);"
	"CREATE TABLE delivery ("
	" id INTEGER PRIMARY KEY, webhook INTEGER NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,"
	" message TEXT NOT NULL, event INTEGER NOT NULL, payload TEXT NOT NULL, at INTEGER NOT NULL,"
	" state INTEGER NOT NULL, tries INTEGER NOT NULL, next_at INTEGER NOT NULL, tried_at INTEGER NOT NULL,"
	" status INTEGER NOT NULL, problem TEXT NOT NULL);"
	"CREATE INDEX delivery_webhook ON delivery (webhook, id);"
	"CREATE INDEX delivery_due ON delivery (state, next_at);",

	/* What somebody typed and has not saved yet; an article that is deleted leaves it. */
	"CREATE TABLE draft ("
	" person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE, token TEXT NOT NULL,"
	" article INTEGER NOT NULL, at INTEGER NOT NULL, title TEXT NOT NULL, base TEXT NOT NULL, fields TEXT NOT NULL,"
	" PRIMARY KEY (person, token));",

	/* Articles that stand apart as pages of the site, and whether search finds them. */
	"CREATE TABLE page ("
	" article INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE, found INTEGER NOT NULL);",

	/* Mail that waits, sealed; of what is out, only what a bounce needs. Recipients and domains are keyed hashes. */
	"CREATE TABLE outbox ("
	" id INTEGER PRIMARY KEY, state INTEGER NOT NULL, recipient TEXT NOT NULL, domain TEXT NOT NULL,"
	" sealed BLOB NOT NULL, created_at INTEGER NOT NULL, next_at INTEGER NOT NULL, tries INTEGER NOT NULL,"
	" tried_at INTEGER NOT NULL, code INTEGER NOT NULL, status TEXT NOT NULL);"
	"CREATE INDEX outbox_due ON outbox (state, next_at, id);"
	"CREATE INDEX outbox_domain ON outbox (domain, tried_at);"
	"CREATE TABLE outbox_once (hash TEXT PRIMARY KEY, at INTEGER NOT NULL);"
	"CREATE TABLE outbox_suppressed (recipient TEXT PRIMARY KEY, at INTEGER NOT NULL, status TEXT NOT NULL);",

	/* Preface and body of a revision, packed, of which other revision (0: alone): pack.c. Then the columns are empty. */
	"ALTER TABLE revision ADD COLUMN packed BLOB NOT NULL DEFAULT x'';"
	"ALTER TABLE revision ADD COLUMN base INTEGER NOT NULL DEFAULT 0;"
	"CREATE INDEX revision_base ON revision (article, id) WHERE base = 0;",

	/* Campaigns, as their organisers write them. Languages of a part stand in a table of their own; the texts of a consent
	 * stay for each version that was ever shown. */
	"CREATE TABLE campaign ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT, revision INTEGER NOT NULL, slug TEXT NOT NULL UNIQUE,"
	" public_id BLOB NOT NULL UNIQUE, kind INTEGER NOT NULL, state INTEGER NOT NULL, public_key TEXT NOT NULL,"
	" organiser TEXT NOT NULL, organiser_url TEXT NOT NULL, goal INTEGER NOT NULL, starts_at INTEGER NOT NULL,"
	" ends_at INTEGER NOT NULL, delete_at INTEGER NOT NULL, opened_at INTEGER NOT NULL, min_age INTEGER NOT NULL,"
	" sponsors_needed INTEGER NOT NULL, moderated INTEGER NOT NULL, regions INTEGER NOT NULL, editing INTEGER NOT NULL,"
	" reply_to INTEGER NOT NULL, digest_only INTEGER NOT NULL, rate INTEGER NOT NULL, days INTEGER NOT NULL,"
	" hour_from INTEGER NOT NULL, hour_to INTEGER NOT NULL, embed_hosts TEXT NOT NULL, domains_allowed TEXT NOT NULL,"
	" domains_blocked TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);"
	"CREATE TABLE campaign_text ("
	" campaign INTEGER NOT NULL REFERENCES campaign (id) ON DELETE CASCADE, position INTEGER NOT NULL, lang TEXT NOT NULL,"
	" title TEXT NOT NULL, summary TEXT NOT NULL, body TEXT NOT NULL, demands TEXT NOT NULL, thanks TEXT NOT NULL,"
	" tips TEXT NOT NULL, organisation TEXT NOT NULL, questions TEXT NOT NULL, PRIMARY KEY (campaign, lang));"
	"CREATE TABLE campaign_field ("
	" campaign INTEGER NOT NULL REFERENCES campaign (id) ON DELETE CASCADE, position INTEGER NOT NULL, lang TEXT NOT NULL,"
	" name TEXT NOT NULL, kind INTEGER NOT NULL, required INTEGER NOT NULL, label TEXT NOT NULL, help TEXT NOT NULL,"
	" choices TEXT NOT NULL, PRIMARY KEY (campaign, position, lang));"
	"CREATE TABLE campaign_consent ("
	" campaign INTEGER NOT NULL REFERENCES campaign (id) ON DELETE CASCADE, name TEXT NOT NULL, version INTEGER NOT NULL,"
	" lang TEXT NOT NULL, position INTEGER NOT NULL," /* -1: not asked any more */
	" required INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (campaign, name, version, lang));"
	"CREATE TABLE campaign_target ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT, campaign INTEGER NOT NULL REFERENCES campaign (id) ON DELETE CASCADE,"
	" position INTEGER NOT NULL, name TEXT NOT NULL, office TEXT NOT NULL, address TEXT NOT NULL, lang TEXT NOT NULL,"
	" salutation TEXT NOT NULL, areas TEXT NOT NULL, part TEXT NOT NULL,"
	/* Its letters, and when the next of those that wait may go. */
	" queued INTEGER NOT NULL DEFAULT 0, waiting INTEGER NOT NULL DEFAULT 0, sent INTEGER NOT NULL DEFAULT 0,"
	" failed INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL DEFAULT 0);"
	"CREATE INDEX campaign_target_of ON campaign_target (campaign, position);"
	"CREATE INDEX campaign_target_due ON campaign_target (next_at) WHERE waiting > 0;"
	"CREATE TABLE campaign_letter ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT, campaign INTEGER NOT NULL REFERENCES campaign (id) ON DELETE CASCADE,"
	" position INTEGER NOT NULL, part TEXT NOT NULL, lang TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL,"
	" sign_off TEXT NOT NULL);"
	"CREATE INDEX campaign_letter_of ON campaign_letter (campaign, position);"
	"CREATE TABLE campaign_update ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT, campaign INTEGER NOT NULL REFERENCES campaign (id) ON DELETE CASCADE,"
	" at INTEGER NOT NULL, lang TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL);"
	"CREATE INDEX campaign_update_of ON campaign_update (campaign, at);"
	"CREATE TABLE campaign_milestone ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT, campaign INTEGER NOT NULL REFERENCES campaign (id) ON DELETE CASCADE,"
	" count INTEGER NOT NULL, answered_at INTEGER NOT NULL);"
	"CREATE INDEX campaign_milestone_of ON campaign_milestone (campaign, count);"
	"CREATE TABLE campaign_milestone_text ("
	" milestone INTEGER NOT NULL REFERENCES campaign_milestone (id) ON DELETE CASCADE, lang TEXT NOT NULL,"
	" promise TEXT NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (milestone, lang));"
	"CREATE TABLE campaign_article ("
	" campaign INTEGER NOT NULL REFERENCES campaign (id) ON DELETE CASCADE,"
	" article INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE, position INTEGER NOT NULL,"
	" PRIMARY KEY (campaign, article));"
	"CREATE INDEX campaign_article_back ON campaign_article (article);"
	/* Letters of campaigns that wait for their turn, sealed like the outbox. `tag` is a keyed hash of campaign and signer. */
	"CREATE TABLE outbox_parked ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT, target INTEGER NOT NULL, tag TEXT NOT NULL, held INTEGER NOT NULL,"
	" recipient TEXT NOT NULL, domain TEXT NOT NULL, sealed BLOB NOT NULL, created_at INTEGER NOT NULL);"
	"CREATE INDEX outbox_parked_target ON outbox_parked (target, held, id);"
	"CREATE INDEX outbox_parked_tag ON outbox_parked (tag);"
	"ALTER TABLE outbox ADD COLUMN target INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE outbox ADD COLUMN tag TEXT NOT NULL DEFAULT '';"
	"CREATE INDEX outbox_tag ON outbox (tag) WHERE tag <> '';",

	/* Signatures: ciphertexts that wait for a click; sealed boxes; the log that commits to them; counts. Nothing here says
	 * who signed, and no time is finer than a day. */
	"CREATE TABLE signing_pending ("
	" id BLOB PRIMARY KEY, campaign INTEGER NOT NULL, sealed BLOB NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE INDEX signing_pending_expires ON signing_pending (expires_at);"
	"CREATE TABLE signature ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT, campaign INTEGER NOT NULL, leaf INTEGER, signer BLOB NOT NULL,"
	" sealed BLOB NOT NULL, nonce BLOB NOT NULL, lang TEXT NOT NULL, day INTEGER NOT NULL,"
	" UNIQUE (campaign, signer));"
	"CREATE INDEX signature_held ON signature (campaign, id) WHERE leaf IS NULL;"
	"CREATE TABLE campaign_leaf ("
	" campaign INTEGER NOT NULL, n INTEGER NOT NULL, entry BLOB NOT NULL, PRIMARY KEY (campaign, n)) WITHOUT ROWID;"
	"CREATE TABLE campaign_tile ("
	" campaign INTEGER NOT NULL, level INTEGER NOT NULL, n INTEGER NOT NULL, hash BLOB NOT NULL,"
	" PRIMARY KEY (campaign, level, n)) WITHOUT ROWID;"
	"CREATE TABLE campaign_tally ("
	" campaign INTEGER PRIMARY KEY, size INTEGER NOT NULL, signed INTEGER NOT NULL, withdrawn INTEGER NOT NULL,"
	" held INTEGER NOT NULL, frontier BLOB NOT NULL);"
	"CREATE TABLE campaign_day ("
	" campaign INTEGER NOT NULL, day INTEGER NOT NULL, lang TEXT NOT NULL, signed INTEGER NOT NULL,"
	" PRIMARY KEY (campaign, day, lang));"
	"CREATE TABLE campaign_region ("
	" campaign INTEGER NOT NULL, region TEXT NOT NULL, n INTEGER NOT NULL, held INTEGER NOT NULL,"
	" PRIMARY KEY (campaign, region));"
	"CREATE TABLE campaign_head ("
	" campaign INTEGER NOT NULL, size INTEGER NOT NULL, at INTEGER NOT NULL, note TEXT NOT NULL,"
	" PRIMARY KEY (campaign, size));"
	"CREATE TABLE public_signature ("
	" signature INTEGER PRIMARY KEY REFERENCES signature (id) ON DELETE CASCADE, campaign INTEGER NOT NULL,"
	" name TEXT NOT NULL, town TEXT NOT NULL, comment TEXT NOT NULL, state INTEGER NOT NULL, at INTEGER NOT NULL);"
	"CREATE INDEX public_signature_state ON public_signature (campaign, state, signature);",
};

const size_t STORE_MIGRATIONS_COUNT = sizeof STORE_MIGRATIONS / sizeof *STORE_MIGRATIONS;

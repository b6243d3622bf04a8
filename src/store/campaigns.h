/*
 * Part of store.h, to be included through it: campaigns as their organisers write them. Who signed is kept elsewhere
 * (signatures.h); here is nothing about supporters.
 *
 * A campaign is read whole and saved whole. Parts with an id (targets, letters, updates, milestones) keep it from save to
 * save; one with id 0 is new, one that is missing is deleted. Strings that a read returns lie in the arena given.
 */
#ifndef KAIRAN_STORE_CAMPAIGNS_H
#define KAIRAN_STORE_CAMPAIGNS_H

#include "base/base.h"

struct store;
struct store_tx;

enum campaign_kind { CAMPAIGN_PETITION, CAMPAIGN_LETTER, CAMPAIGN_BOTH, CAMPAIGN_KINDS };
/* Archived: still at its address, in no list. */
enum campaign_state { CAMPAIGN_DRAFT, CAMPAIGN_OPEN, CAMPAIGN_CLOSED, CAMPAIGN_ARCHIVED, CAMPAIGN_STATES };
enum campaign_regions { REGIONS_NONE, REGIONS_PREFECTURE, REGIONS_COUNTRY, REGIONS_KINDS };
/* LETTER_ABOVE: own words above the letter, which stays; LETTER_FREE: subject and text are the supporter's. */
enum letter_editing { LETTER_FIXED, LETTER_ABOVE, LETTER_FREE, LETTER_EDITINGS };
enum campaign_field_kind {
	FIELD_NAME,
	FIELD_TOWN,
	FIELD_POSTCODE,
	FIELD_PREFECTURE,
	FIELD_COUNTRY,
	FIELD_COMMENT,
	FIELD_CHOICE,
	FIELD_TEXT,
	FIELD_KINDS
};

struct campaign_text {
	struct str lang, title, summary;
	struct str body;         /* Markdown */
	struct str demands;      /* a demand a line */
	struct str thanks;       /* Markdown, after signing: what can be done next */
	struct str tips;         /* Markdown, beside the letter */
	struct str organisation; /* Markdown */
	struct str questions;    /* for those without script, "question|answer|another answer", one a line; empty: a sum */
};

struct campaign_field_text {
	struct str lang, label, help;
	struct str choices; /* one a line */
};
struct campaign_field {
	struct str name; /* a-z, 0-9, _ */
	enum campaign_field_kind kind;
	bool required;
	struct campaign_field_text *texts;
	size_t n_texts;
};

/* "public": the name may be shown; "news": mail about this and other campaigns; "organiser": the address goes to the
 * organiser; "reply": the address is given to the targets, as Reply-To. Others are the campaign's own. */
struct campaign_consent_text {
	struct str lang, text;
};
struct campaign_consent {
	struct str name;
	int64_t version; /* set by reads and saves: a text that changed after the opening is a new version */
	bool required;
	struct campaign_consent_text *texts;
	size_t n_texts;
};

struct campaign_target {
	int64_t id;
	struct str name, office, address, lang;
	struct str salutation; /* empty: as its language has it */
	struct str areas; /* prefectures as JIS X 0401 numbers them ("13 14") or beginnings of postcodes ("100-00"), with
	                          spaces between; empty: everybody's */
	struct str group; /* which letters are for it; empty: those of no group */
	/* Set by reads: letters that were generated, that wait, that a server took, that were refused for good. */
	int64_t queued, waiting, sent, failed;
};

/* Several of one group and language are variants, drawn by lot. */
struct campaign_letter {
	int64_t id;
	struct str group, lang, subject, body;
	struct str sign_off; /* empty: as the language has it */
};

struct campaign_update {
	int64_t id, at;
	struct str lang, title, body; /* body: Markdown */
};

/* What the target promised to do, or did, at a number of signatures. */
struct campaign_milestone_text {
	struct str lang, promise, answer;
};
struct campaign_milestone {
	int64_t id, count, answered_at; /* 0: no answer yet */
	struct campaign_milestone_text *texts;
	size_t n_texts;
};

#define CAMPAIGN_ID_BYTES 16

struct campaign {
	int64_t id;       /* 0: new */
	int64_t revision; /* counts saves; one that was made from another is refused */
	struct str slug;  /* empty: made from the first title; one that changes after the opening leaves a redirect */
	unsigned char public_id[CAMPAIGN_ID_BYTES]; /* random, never changes */
	enum campaign_kind kind;
	enum campaign_state state;
	struct str public_key; /* "kcp1.…"; empty: it cannot open. Fixed once it was open */
	struct str organiser, organiser_url;
	int64_t goal, starts_at, ends_at; /* 0: none */
	int64_t delete_at;                /* sealed signatures go then; 0: never */
	int64_t opened_at;                /* first; 0: never yet. Set by saves */
	int64_t min_age;                  /* 0: not asked */
	int64_t sponsors_needed;          /* so many must have signed before it is listed */
	bool moderated;                   /* public names and comments are looked at first */
	enum campaign_regions regions;
	enum letter_editing editing;
	bool reply_to, digest_only;
	int64_t rate;               /* letters a day to one target; 0: as many as come */
	int64_t days;               /* on which letters go out: a bit each, Monday is 1 */
	int64_t hour_from, hour_to; /* in the site's zone, 0 to 24 */
	struct str embed_hosts;     /* hosts with spaces between */
	struct str domains_allowed,
	    domains_blocked;            /* patterns of mail domains ("*.example.org"), likewise; empty: all, none */
	int64_t created_at, updated_at; /* set by saves */

	struct campaign_text *texts; /* the first is the one to fall back to */
	size_t n_texts;
	struct campaign_field *fields;
	size_t n_fields;
	struct campaign_consent *consents;
	size_t n_consents;
	struct campaign_target *targets;
	size_t n_targets;
	struct campaign_letter *letters;
	size_t n_letters;
	struct campaign_update *updates; /* newest first */
	size_t n_updates;
	struct campaign_milestone *milestones; /* by count */
	size_t n_milestones;
	int64_t *articles; /* related ones */
	size_t n_articles;
};

/* ---- reading (campaign.c, campaign_parts.c) ---- */

/* Whole, of any state: the caller checks. ERR_NOT_FOUND. */
bool campaign_find(struct store *, struct str slug, struct campaign *, struct arena *, struct error *);
bool campaign_get(struct store *, int64_t id, struct campaign *, struct arena *, struct error *);
bool campaign_by_public_id(struct store *, const unsigned char public_id[CAMPAIGN_ID_BYTES], struct campaign *,
    struct arena *, struct error *);
/* With its texts, without the other parts; newest first. state -1: all. */
bool campaign_list(struct store *, int state, struct campaign **out, size_t *n, struct arena *, struct error *);
/* The text of a version of a consent, in that language or the first. ERR_NOT_FOUND. */
bool campaign_consent_at(struct store *, int64_t campaign, struct str name, int64_t version, struct str lang,
    struct str *text, struct arena *, struct error *);

/* Can it be signed? Its state and its dates say so. */
bool campaign_is_open(const struct campaign *, int64_t now);
/* In that language, else the first; NULL when it has none. */
const struct campaign_text *campaign_text(const struct campaign *, struct str lang);
const struct campaign_field_text *campaign_field_text(const struct campaign_field *, struct str lang);
const struct campaign_consent_text *campaign_consent_text(const struct campaign_consent *, struct str lang);
const struct campaign_milestone_text *campaign_milestone_text(const struct campaign_milestone *, struct str lang);
bool campaign_has_letters(const struct campaign *);
struct str campaign_kind_name(enum campaign_kind); /* "petition" */
struct str campaign_state_name(enum campaign_state);
struct str campaign_field_name(enum campaign_field_kind);
struct str campaign_regions_name(enum campaign_regions);
struct str campaign_editing_name(enum letter_editing);
/* The value whose name it is, or -1. */
int campaign_kind_of(struct str name);
int campaign_state_of(struct str name);
int campaign_field_of(struct str name);
int campaign_regions_of(struct str name);
int campaign_editing_of(struct str name);

/* ---- checking (campaign_check.c) ---- */

enum campaign_part {
	PART_CAMPAIGN,
	PART_TEXT,
	PART_FIELD,
	PART_CONSENT,
	PART_TARGET,
	PART_LETTER,
	PART_UPDATE,
	PART_MILESTONE,
	CAMPAIGN_PARTS
};
enum campaign_wrong {
	WRONG_TITLE,     /* missing, or too long */
	WRONG_LONG,      /* a text is too long */
	WRONG_MANY,      /* too many of this part */
	WRONG_LANG,      /* no language, or twice the same */
	WRONG_SLUG,      /* taken */
	WRONG_KEY,       /* no public key */
	WRONG_KEY_FIXED, /* it was open already */
	WRONG_URL,
	WRONG_DATES,
	WRONG_NUMBER,
	WRONG_DAYS,  /* no day, or no hour, on which letters may go out */
	WRONG_HOSTS, /* no host name */
	WRONG_DOMAINS,
	WRONG_NAME, /* of a field or consent: letters, digits, _; twice the same */
	WRONG_LABEL,
	WRONG_CHOICES,
	WRONG_CONSENT, /* no text */
	WRONG_TARGET_NAME,
	WRONG_ADDRESS,
	WRONG_AREAS,
	WRONG_LETTER, /* no subject or no text */
	WRONG_COUNT,  /* of a milestone: missing, or twice the same */
	WRONG_QUESTIONS,
	CAMPAIGN_WRONGS
};
struct campaign_fault {
	enum campaign_part part;
	size_t number; /* of the part, from 1; 0: the whole */
	struct str lang;
	enum campaign_wrong wrong;
};
/* False and the first fault when it must not be saved so. */
bool campaign_check(const struct campaign *, struct campaign_fault *);
struct str campaign_fault_text(const struct campaign_fault *, struct arena *); /* in English, for logs and programs */

/* What an opening wants and does not have: bits. */
enum campaign_lack {
	LACK_KEY = 1,
	LACK_TEXT = 2,    /* a body, or demands, in each language */
	LACK_TARGETS = 4, /* letters: nobody to write to */
	LACK_LETTERS = 8, /* a target has no letter of its group */
	LACK_ORGANISER = 16,
	LACK_FIELD = 32, /* the regions, or the nearest target, want a field that is not asked */
	LACK_DATES = 64  /* the end has passed */
};
unsigned campaign_lacks(const struct campaign *, int64_t now);

/* ---- writing (campaign_write.c) ---- */

/* Makes or changes; ids, slug, revision, versions and times are set. ERR_INVALID: *fault says where and what (its number is 0
 * and err says it where it is none of them); ERR_CONFLICT: somebody saved it meanwhile. Leaves CHANGE_CAMPAIGN. */
bool campaign_save(struct store_tx *, struct campaign *, struct campaign_fault *fault, struct arena *, struct error *);
/* With all that belongs to it. ERR_CONFLICT when it was open and its signatures are not to be gone by now. */
bool campaign_delete(struct store_tx *, int64_t id, int64_t now, struct error *);
/* Announces that its pages show something else; the count, an update of public names. */
bool campaign_changed(struct store_tx *, int64_t id, struct error *);

#endif

/*
 * The named maximum of every buffer and input in Kairan, in one place. Bytes unless the name says otherwise.
 * Included through base/base.h.
 */
#ifndef KAIRAN_LIMITS_H
#define KAIRAN_LIMITS_H

#define KIB ((size_t)1024)
#define MIB (KIB * 1024)

#define ERROR_MESSAGE_MAX 512
#define ERROR_DETAIL_MAX 256
#define BUF_MAX (256 * MIB)

#define ARTICLE_BODY_MAX (4 * MIB) /* Markdown or HTML of one article */
#define ARTICLE_TITLE_MAX (4 * KIB)
#define SLUG_MAX 240           /* bytes; about 80 Japanese characters */
#define DOC_DEPTH_MAX 256      /* elements inside each other in a cleaned document */
#define DOC_CITATIONS_MAX 5000 /* count */
#define DOC_HEADINGS_MAX 1000  /* count: in the outline */
#define MEDIA_MAX (32 * MIB)
#define CATEGORY_DEPTH_MAX 16 /* count */

#define IMAGE_PIXELS_MAX 100000000   /* count: of all frames together, as a file says them */
#define IMAGE_FRAMES_MAX 500         /* count */
#define IMAGE_SIDE 3600              /* pixels: what is wider or higher is made smaller (A4 at 300 dpi stays) */
#define IMAGE_MOVING_SIDE 1200       /* pixels: likewise, of an animation */
#define IMAGE_MOVING_PIXELS 40000000 /* count: of all frames together, made smaller until they fit */
#define IMAGE_SECONDS 60             /* that one image may take */
#define IMAGE_MEMORY (2048 * MIB)    /* address space of the child that decodes */
#define IMAGE_ANSWER_MAX (96 * MIB)  /* all that it may answer */
#define MEDIA_UPLOAD_MAX (64 * MIB)  /* all images of one form */
#define MEDIA_TEXT_MAX (2 * KIB)     /* alternative text, caption, credit of an image */

#define QUERY_MAX (1 * KIB)   /* a search question */
#define QUERY_TERMS_MAX 64    /* count */
#define TOKEN_MAX 255         /* one term of the index */
#define READING_MAX (4 * KIB) /* a text that is read by the dictionary; longer ones are cut by script alone */

#define SYNONYMS_MAX 5000    /* count */
#define SYNONYM_WORDS_MAX 32 /* count, of one group */
#define SYNONYM_WORD_MAX 200
#define PINS_MAX 5000          /* count */
#define PIN_ARTICLES_MAX 10    /* count */
#define QUESTION_MAX (2 * KIB) /* sent by a reader */
#define QUESTIONS_KEPT 2000    /* count */
#define QUESTIONS_AT_ONCE 20   /* count: what may come at once, and then one every */
#define QUESTION_SECONDS 30
#define UNANSWERED_WATCHED 4096 /* count: in memory */
#define UNANSWERED_KEPT 1000    /* count */
#define UNANSWERED_HOURS 5      /* count: separate hours before a search in vain is kept */

#define FETCH_URL_MAX (4 * KIB)
#define FETCH_BODY_MAX (4 * MIB) /* of an answer, where the caller names no other */
#define FETCH_SECONDS 20         /* for a request with its redirects, likewise */
#define FETCH_CONNECT_SECONDS 10
#define LINK_HOST_SECONDS 5 /* between two links of one host that are checked */

#define LOGIN_MAX 64
#define PERSON_NAME_MAX 200
#define PASSWORD_MIN 12 /* count: characters */
#define PASSWORD_MAX (1 * KIB)
#define PEOPLE_MAX 1000 /* count */
#define INVITATION_SECONDS (7 * 86400)
#define SESSION_SECONDS (60 * 86400)      /* its whole life */
#define SESSION_IDLE_SECONDS (14 * 86400) /* unused for so long, it ends */
#define SESSIONS_EACH 20                  /* count: a person's; the one unused for longest makes room */
#define SIGNIN_SLOTS 1024                 /* count: accounts told apart by the throttle */
#define SIGNIN_FREE 5                     /* count: failures in a row before an account makes wait, from */
#define SIGNIN_WAIT_SECONDS 30            /* doubled by each more, to */
#define SIGNIN_WAIT_MAX_SECONDS 900
#define SIGNINS_AT_ONCE 30 /* count: of all together, and then one every */
#define SIGNIN_SECONDS 2
#define SIGNIN_HASHES 2            /* count: passwords of browsers that are known, checked at once (64 MiB each) */
#define SIGNIN_PENDING_SECONDS 300 /* between password and second step */
#define SIGNIN_DEVICE_SECONDS (365 * 86400) /* how long a browser is known */
#define RECOVERY_CODES 10                   /* count */
#define PASSKEYS_EACH 20                    /* count: a person's */
#define PASSKEY_NAME_MAX 200
#define PASSKEY_SECONDS 300       /* of a challenge */
#define CREDENTIAL_MAX (1 * KIB)  /* WebAuthn level 3: an authenticator's name for a passkey has at most 1023 bytes */
#define CLIENT_DATA_MAX (4 * KIB) /* what a browser says it let sign */
#define AUTHENTICATOR_DATA_MAX (4 * KIB)
#define SIGNATURE_MAX (1 * KIB)
#define AUDIT_KEPT 200000    /* count */
#define CREDIT_MAX (1 * KIB) /* a name, address or licence of an article */
#define ARTICLE_TAGS_MAX 50  /* count: of one article */
#define ARTICLE_TAG_MAX 200
#define DIFF_EDITS_MAX 1000 /* count: more differences than that are one */
#define DRAFTS_EACH 50      /* count: a person's unsaved forms */
#define DRAFT_MAX (10 * MIB)
#define MERGE_CONFLICTS_MAX 40 /* count: in one text; more are one */
#define REVISIONS_SHOWN 1000   /* count: of one article, newest first */

#define TRANSLATION_BLOCKS_MAX 2000 /* count: of one original */
#define TRANSLATION_COPIES 20       /* count: of an original, that are kept; the oldest but the first make room */
#define TRANSLATIONS_SHOWN 500      /* count: on a page */
#define ALIGN_PAIRS_MAX 90000       /* count: of blocks that are compared with each other between two equal ones */
#define GLOSSARY_TERMS_MAX 20000    /* count */
#define GLOSSARY_TERM_MAX 400       /* a term, or its translations */
#define GLOSSARY_NOTE_MAX (2 * KIB)
#define GLOSSARY_CSV_MAX (8 * MIB)

#define TRASH_SECONDS (30 * 86400)             /* how long the trash keeps an article */
#define UNDO_SECONDS 3600                      /* how long an action can be undone */
#define ACT_ARTICLES_MAX 64                    /* count: of one action */
#define COMMENT_MAX (16 * KIB)                 /* on an article in the making */
#define QUOTE_MAX (1 * KIB)                    /* the beginning of the passage that a comment is about */
#define COMMENTS_MAX 1000                      /* count: of one article */
#define PACKED_TEXT_MAX (2 * ARTICLE_BODY_MAX) /* preface and body of a revision */
#define PASSAGES_MAX 2000                      /* count: of one article's text, in review */

#define CATEGORY_NAME_MAX 200
#define CATEGORY_TEXT_MAX (2 * KIB) /* a description */
#define REDIRECT_FILE_MAX (4 * MIB) /* a CSV file of redirects */
#define REDIRECT_LINES_MAX 50000    /* count: in it */
#define REDIRECT_FAULTS_MAX 50      /* count: told of at once */
#define SYNONYM_FORM_MAX (32 * KIB) /* lines of synonyms in a form */

#define CSS_MAX (64 * KIB)     /* a site's own style sheet */
#define SETTING_MAX (64 * KIB) /* one text of the settings */
#define SITE_LANGS_MAX 12      /* count: languages of the interface */
#define PAGE_SIZE_MAX 100      /* count: entries of a list's page */
#define MENU_LINKS_MAX 20      /* count: of one menu in one language */
#define MENU_LABEL_MAX 200
#define PAGES_MAX 500       /* count: pages that the desk lists */
#define ZONE_MAX (64 * KIB) /* a file of the time zone database */
#define ZONES_MAX 64        /* count: time zones that one process asks for */
#define ZONE_NAMES_MAX 1000 /* count */
#define ICON_MAX (256 * KIB)

#define MAIL_ADDRESS_MAX 254 /* RFC 5321, 4.5.3.1 */
#define MAIL_LOCAL_MAX 64
#define MAIL_NAME_MAX 200
#define MAIL_SUBJECT_MAX 400
#define MAIL_TEXT_MAX (64 * KIB)
#define MAIL_MESSAGE_MAX (256 * KIB) /* composed; and of a bounce that is read */
#define MAIL_WAITING_MAX 200000      /* count: in the queue */
#define MAIL_LEASE_SECONDS 900       /* how long one delivery may take before another process may try */
#define MAIL_RETRY_SECONDS 60        /* doubled by each try, to */
#define MAIL_RETRY_MAX_SECONDS (4 * 3600)
#define MAIL_LIFE_SECONDS (5 * 86400)  /* then it is given up */
#define MAIL_KEPT_SECONDS (14 * 86400) /* what is known of a message that is out, for bounces */
#define MAIL_RATE 30                   /* count: a minute to one domain, unless kairan.conf says otherwise */

#define SIGN_FORM_MAX (256 * KIB)  /* with the letters, percent-encoded */
#define SIGN_LINE_MAX 400          /* what is typed into one line */
#define SIGN_COMMENT_MAX (4 * KIB) /* into several */
#define CAMPAIGN_NAMES_PAGE 200    /* count: public names on a page */
#define CAMPAIGNS_ON_PORTAL 4      /* count */
#define CAMPAIGN_BOXES_MAX 20      /* count: in one article */
#define REGION_SHOWN_MIN 10        /* count: a region with fewer is not drawn */
#define YOURS_ANSWER_MS 300        /* however it went */
#define TICKET_SECONDS 3600        /* how long the work or the question of a sign form is good */
#define TICKET_MAX 128
#define TICKETS_REMEMBERED (1u << 24)  /* count: the last ones, of which it is known whether they were used (2 MiB) */
#define ANSWER_BYTES_MAX 200           /* to a question */
#define WORK_BITS 15                   /* of work when all is quiet: a fraction of a second on a telephone */
#define WORK_BITS_MAX 21               /* some ten seconds on one */
#define WORK_RATE 60                   /* count: forms a minute; each doubling is one bit more */
#define NETWORK_FORMS_FREE 20          /* count: of a network, campaign and hour; each doubling is one bit more */
#define NETWORK_FORMS_MAX 400          /* count: beyond that it must wait for the next hour */
#define ADDRESS_MAILS_MAX 5            /* count: mails that strangers can have sent to an address in an hour */
#define BURST_DOMAIN 30                /* count: confirmed from one mail domain in an hour; more are held */
#define BURST_HOUR 2000                /* count: confirmed in an hour; more are held, unless */
#define BURST_TIMES 10                 /* they are no more than so many times the fullest hour before */
#define BURST_CAMPAIGNS 256            /* count: told apart by that */
#define CAMPAIGNS_MAX 5000             /* count */
#define CAMPAIGN_TEXT_MAX (64 * KIB)   /* one long text of a campaign, in one language */
#define CAMPAIGN_LINE_MAX 400          /* a title, a name, a label */
#define CAMPAIGN_SUMMARY_MAX (2 * KIB) /* a summary, a help, a consent */
#define CAMPAIGN_FIELDS_MAX 30         /* count */
#define CAMPAIGN_CHOICES_MAX 60        /* count: of a field, lines */
#define CAMPAIGN_CONSENTS_MAX 12       /* count */
#define CAMPAIGN_TARGETS_MAX 1000      /* count: more than any parliament of Japan has members */
#define CAMPAIGN_LETTERS_MAX 200       /* count: variants and versions together */
#define CAMPAIGN_LETTER_MAX (16 * KIB) /* the text of one */
#define CAMPAIGN_UPDATES_MAX 500       /* count */
#define CAMPAIGN_MILESTONES_MAX 30     /* count */
#define CAMPAIGN_ARTICLES_MAX 20       /* count */
#define CAMPAIGN_HOSTS_MAX (4 * KIB)   /* a list of hosts or domains */
#define CAMPAIGN_NUMBER_MAX 1000000000 /* count: a goal, a rate, a milestone */
#define CAMPAIGN_CSV_MAX (1 * MIB)     /* targets, pasted */
#define LETTERS_PARKED_MAX 1000000     /* count: letters that wait for one target */
#define SIGNING_MAX (64 * KIB)         /* all that one person typed, encoded */
#define SIGNING_FIELDS_MAX 64          /* count */
#define SIGNING_LETTERS_MAX 64         /* count */
#define SIGNING_STEP 256               /* what is encrypted is padded to multiples of this */
#define PENDING_SECONDS (3 * 86400)    /* how long a link waits for its click */
#define PENDING_MAX 1000000            /* count: that wait, of all campaigns */
#define WITHDRAW_SECONDS (7 * 86400)   /* of a link to what is held */
#define COMMIT_BATCH 512               /* count: of jobs in one transaction */
#define COMMIT_THREADS 64              /* count: requests that may wait for the disk at once */
#define LOG_ENTRIES 1000               /* count: entries of the log in one answer */
#define LOG_HEADS_SHOWN 1000           /* count */
#define REGION_MAX 16                  /* a prefecture's or country's code */
#define CAMPAIGN_REGIONS_MAX 300       /* count */
#define CAMPAIGN_KEY_FILE_MAX (4 * KIB)
#define RECEIPT_MAX (16 * KIB)
#define CHECKPOINT_MAX (4 * KIB)

#define TEMPLATE_MAX (1 * MIB)
#define TEMPLATE_DEPTH_MAX 64 /* sections and partials inside each other */
#define CATALOG_MAX (4 * MIB)

#define TOKENS_EACH 50 /* count: a person's, for their programs */
#define TOKEN_NAME_MAX 100
#define TOKEN_DAYS_MAX 3650   /* count */
#define API_CALLS_AT_ONCE 100 /* count: of one token, and then */
#define API_CALLS_A_SECOND 10 /* count */
#define API_GATES 1024        /* count: tokens told apart by that */
#define API_DEPTH_MAX 8       /* count: arrays and objects inside each other in a body */
#define API_VALUES_MAX 5000   /* count: in a body */
#define API_ERRORS_MAX 20     /* count: told of one body */
#define API_PAGE_MAX 100      /* count: entries of a page */
#define API_IDS_MAX 1000          /* count: articles of one request */
#define API_CURSOR_MAX 64
#define WEBHOOKS_MAX 20 /* count */
#define WEBHOOK_URL_MAX 2000
#define WEBHOOK_FAILING_SECONDS (5 * 86400) /* so long nothing arrives, then it is told no more */
#define WEBHOOK_SECONDS 15                  /* for an answer */
#define DELIVERIES_KEPT 500                 /* count: of one webhook */
#define ONCE_KEY_MAX 255                    /* an Idempotency-Key */
#define ONCE_SECONDS 86400                  /* so long its answer is kept */
#define ONCE_BUSY_SECONDS 120               /* what has begun and says nothing for so long has failed */
#define ONCE_KEPT 10000                     /* count */
#define ONCE_ANSWER_MAX (256 * KIB)

#define URL_MAX (4 * KIB)            /* request target */
#define CONNECTION_MEMORY (12 * KIB) /* a connection's: request line and headers, then the answer's headers */
#define PARAMS_MAX 64                /* count: parts of a query, cookies */
#define FIELDS_MAX 5000              /* count: fields and files of a form; a translation's has two a paragraph */
#define FORM_MAX (64 * KIB)          /* a plain form */
#define FIELD_MAX (4 * MIB)          /* a field of a multipart form */
#define BODIES_MAX (128 * MIB)       /* all request bodies in memory at once */
#define DRAIN_MAX (64 * KIB)         /* of a refused body read past, so that its sender sees the answer */
#define SLOWEST_RATE (8 * KIB)       /* a second: who is slower is cut off */
#define WORKER_QUEUE_MAX 256         /* count: requests that wait for a worker */

#define FRONT_MATTER_MAX (256 * KIB)
#define IMPORT_FILE_MAX (64 * MIB)    /* one Markdown or HTML file, one image */
#define IMPORT_AHEAD 64               /* count: files read before the one that is being saved is done */
#define IMPORT_AHEAD_BYTES (32 * MIB) /* in memory for those; one file may be larger */
#define WXR_FIELD_MAX (8 * MIB)       /* one text element of an export */
#define WXR_RATIO_MAX 200             /* times: what a gzip file may unpack to, beyond its first 64 MiB */

#endif

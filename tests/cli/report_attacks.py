"""Pages of report.sh as somebody changes them who wants to fool a reader, and leaves alone what is compared card by card."""
import re
from report_page import article

def index_in(markup): return re.search(r'id="r(\d+)"', markup)[1]

class Attacks:
    def __init__(self, page, ids, corpus):
        self.page, self.corpus = page, corpus
        self.number, self.claim = article(page, ids["claim"])
        self.other, self.other_index = article(page, ids["span"])
        self.secret, self.secret_index = article(page, ids["secret"])
        self.mine = self.element("article", 'id="a%s"' % self.number)
        self.heading = re.search(r"<h3>.*?</h3>", self.mine, re.S)[0]
        self.judged = re.search(r'<p class="judged">.*?</p>', self.mine, re.S)[0]
        self.rated = re.search(r'<p class="ratings">.*?</p>', self.mine, re.S)[0]
        self.dissent = self.element("section", 'class="said verdict dissent"')
        self.verdict = self.element("section", 'class="said verdict"')
        self.text = '<dd class="value" dir="auto" data-f="text" data-n="0">The draft is fair to everybody.</dd>'
        self.quoted, self.quote = ids["quote"][:8], article(page, ids["quote"])[1]

    def element(self, name, start):
        """The first element of that name with this in its start tag, with all that is in it."""
        begin = re.search(r"<%s\b[^>]*%s" % (name, start), self.page).start()
        depth = 0
        for found in re.finditer(r"<(/?)%s\b" % name, self.page[begin:]):
            depth += -1 if found[1] else 1
            if depth == 0:
                return self.page[begin:begin + found.end() + 1]
        raise ValueError(name + " does not end")

    def changed(self, *changes):
        """The page with each first string replaced by the second, once, but in what is mine everywhere it first stands."""
        page = self.page
        for old, new in changes:
            if old not in page or old == new:
                raise ValueError("nothing to change: " + old)
            at = page.find(old, page.index(self.mine) if old in self.mine and self.mine in page else 0)
            page = page[:at] + new + page[at + len(old):]
        return page

    def seen(self):
        """(what, page, which record, the line that says so)."""
        for rows in (self.said, self.moved, self.told, self.head, self.markup, self.letters, self.links):
            for what, changes, *rest in rows():
                index, line = rest if len(rest) == 2 else (self.claim, rest[0])
                yield what, self.changed(*changes), index, line

    # --- what is not signed, but follows from what is ---

    def said(self):
        quiet = self.dissent.replace('verdict dissent"', 'verdict"').replace(' <span class="state dissent">dissent</span>', "")
        version = re.search(r"<li><p><code>%s@2</code>.*?</li>" % self.quoted, self.page, re.S)[0]
        ground = re.search(r'<p class="ground">key-add <code>[0-9a-f]{8}</code> by alice chloe</p>\n.*?id="r\d+"', self.page, re.S)[0]
        review = self.element("section", 'class="said review"')
        where = re.search(r"bytes (\d+) to", self.mine)
        yield "the ratings", [(self.rated, self.rated.replace("<b>false", "<b>true"))], "FAIL ratings it says"
        yield "a rating that is counted twice", [(self.rated, self.rated.replace("by 1", "by 3"))], "FAIL ratings it says"
        yield "dissent left out, and counted", [(self.dissent, "")], "FAIL ratings it says"
        yield "dissent that is not called so", [(self.dissent, quiet)], "FAIL ratings a verdict is shown as dissent"
        yield "what a version changed", [("<ins>special </ins>", "<ins>former </ins>")], self.quote, "FAIL line the history shows"
        yield "who wrote a version", [(version, version.replace("by boris", "by alice", 1))], index_in(version), "FAIL line the line above"
        yield "an enrolment of somebody else", [(ground, ground.replace("alice chloe", "alice carla"))], index_in(ground), "FAIL line the line above"
        yield "a review that is called a retraction", [(review, review.replace('"who">review', '"who">retract'))], index_in(review), "FAIL place its heading"
        yield "where words stand", [(where[0], "bytes 1 to")], "FAIL shown the words are said to stand elsewhere"

    # --- things in another place ---

    def moved(self):
        other = self.element("article", 'id="a%s"' % self.other)
        elsewhere = other.replace("</dl>\n", "</dl>\n", 1).replace("</article>", "<h5>Verdicts, evidence and dissent</h5>\n%s</article>" % self.verdict)
        claims = '<h2 id="claims-title">Claims</h2>\n'
        scope = re.search(r'<p class="scope">(\d+)', self.page)
        scope, count = scope[0], scope[1]
        none = other.replace(re.search(r'data-of="([0-9a-f]{64})"', other)[1], "f" * 64).replace('id="a%s"' % self.other, 'id="a999"')
        yield "a verdict below another annotation", [(self.verdict, ""), (other, elsewhere)], index_in(self.verdict), "FAIL place it was not said about"
        yield "an annotation among the claims", [(other, ""), (claims, claims + other)], self.other_index, "FAIL place it stands below another text"
        gone = self.element("article", 'id="a%s"' % self.secret)
        withheld = re.search(r'data-of="[0-9a-f]{64}"', gone)[0]
        yield "something of a withheld record", [(gone, gone.replace('<p class="withheld">', '<dl class="cards"><dt>text</dt>%s</dl>\n<p class="withheld">' % \
            self.text))], self.secret_index, "FAIL"
        yield "something in its place", [(gone, re.sub('<p class="withheld">.*?</p>', '<dl class="cards">\n<dt>text</dt>%s</dl>' % self.text, gone))], \
            self.secret_index, "FAIL shown something is shown of it"
        yield "who wrote a withheld record", [(gone, gone.replace("data-by>boris", "data-by>alice"))], self.secret_index, "FAIL shown its heading names"
        nobody = re.sub(r'<div class="record".*?</div></div>', "", none, flags=re.S).replace(' data-of="%s"' % ("f" * 64), "")
        yield "an annotation that names no record", [(other, other + "\n" + nobody), (scope, "%s%d" % (scope[:-len(count)], int(count) + 1))], \
            "FAIL page something is shown that has no record"
        yield "an annotation of no record", [(claims, claims + re.sub(r'<div class="record".*?</div></div>', "", none, flags=re.S))], "FAIL page"
        yield "an annotation twice", [(claims, claims + self.mine)], "FAIL page the id"
        yield "the texts before the claims", [('<section id="claims"', '<section class="of" id="d999"')], "FAIL page"
        yield "the end before the texts", [(claims, "<section></section>" + claims)], "FAIL page"
        yield "words beside an annotation", [(self.heading, self.heading + "The court agrees.")], "FAIL page article says"
        yield "a sentence below it", [(self.judged, self.judged + "<p>The court agrees.</p>")], "FAIL page article holds"
        yield "a sentence in a line", [(self.judged, self.judged.replace("</p>", " The court agrees.</p>"))], "FAIL page p.judged says"

    # --- what the page tells about itself ---

    def told(self):
        scope = re.search(r'<p class="scope">\d+', self.page)[0]
        empty = '<div class="result" role="status"></div></div>'
        fine = re.search(r'<p class="fine">Script of .*?</p>', self.page)[0]
        whole = re.search(r'<p class="scope">.*?</p>', self.page)[0]
        again = re.search(r"<code>annotctl report .*?</code>", self.page)[0]
        yield "a command with another in it", [(again, again.replace("annotctl report", "rm report; annotctl report"))], "FAIL page p.compare says"
        yield "another query in a command", [(again, again.replace("-o", "&#39;author:boris&#39; -o"))], "FAIL page it names other commands"
        yield "the size of the log", [(whole, whole.replace("from a log of ", "from a log of 1"))], "FAIL page it names another size of the log"
        yield "the hash of the script", [(fine, re.sub("<code>.", "<code>" + ("0" if "<code>0" not in fine else "1"), fine))], \
            "FAIL page it says that its script is another one"
        yield "a state that is none", [(self.heading, self.heading.replace("</h3>", ' <span class="state">proven</span></h3>'))], "FAIL page h3 says"
        yield "the number of annotations", [(scope, '<p class="scope">99')], "FAIL page it says that there are 99"
        yield "the contents", [('<li><a href="#grounds">', '<li><a href="#grounds">Approved texts</a></li>\n<li><a href="#grounds">')], "FAIL page its contents"
        yield "the desk's name", [("<h1>test", "<h1>court")], "FAIL page it names another desk"
        yield "what is said of the check", [("Paste it below", "It is %s. Paste it below" % ("a" * 64))], "FAIL page what it says about the check"
        yield "a hash that stands there already", [('<input id="corpus"', '<input id="corpus" value="%s"' % self.corpus)], "FAIL page what it says"
        yield "a second field for it", [("<header>", '<header><input id="corpus" value="%s">' % self.corpus)], "FAIL page"
        yield "a result before anybody checked", [(self.verdict, self.verdict.replace(
            empty, empty.replace("></div></div>", '><p class="word good">CHECKED</p></div></div>')))], \
            "FAIL page a result stood"

    # --- the head ---

    def head(self):
        policy = re.search(r"<meta http-equiv[^>]*>", self.page)[0]
        yield "the title", [("<title>test", "<title>court")], "FAIL page it has another title"
        yield "another base", [("<title>", '<base href="http://hostile.test/"><title>')], "FAIL page its head holds"
        yield "a page that goes on to another", [("<title>", '<meta http-equiv="refresh" content="3600;url=http://hostile.test/"><title>')], \
            "FAIL page its head holds"
        yield "a policy that allows more", [(policy, policy.replace("script-src", "img-src data:; script-src"))], "FAIL page its head holds"
        yield "a second script, kept from running", [("</head>", "<script>document.title='run'</script></head>")], "FAIL page its head holds"
        yield "a second script that runs", [(policy, ""), ("</head>", "<script>globalThis.ran = true</script></head>")], "FAIL page its head holds"
        yield "another style", [(policy, ""), (".cr { display: none; }", ".cr, .dissent { display: none; }")], "FAIL page its style sheet"

    # --- elements and attributes that hide, cover or add ---

    def markup(self):
        inside, before = self.judged.replace('">', '">%s', 1), "%s" + self.heading
        for mode in ("open", "closed"):
            tree = '<template shadowrootmode="%s">%s</template>'
            yield "a tree drawn for an annotation, " + mode, [(self.heading, before % (tree % (mode, "Fair to nobody.")))], "FAIL page something else is drawn"
            yield "a tree in what is said of the check, " + mode, [("<p>Anybody can make", "<p>%sAnybody can make" % (tree % (mode, "Nobody can make this.")))], \
                "FAIL page something else is drawn"
            yield "a tree that adds to a line, " + mode, [(self.judged, inside % (tree % (mode, "<slot></slot> It is fair to nobody.")))], \
                "FAIL page something else is drawn"
        for name, added in (("template", "<template>x</template>"), ("svg", '<svg><text y="20">Fair to nobody.</text></svg>'),
                            ("math", "<math><mtext>Fair to nobody.</mtext></math>"), ("dialog", "<dialog open>Fair to nobody.</dialog>"),
                            ("marquee", "<marquee>Fair to nobody.</marquee>"), ("iframe", "<iframe srcdoc='Fair to nobody.'></iframe>"),
                            ("form", '<form action="http://hostile.test/"></form>'), ("object", "<object>Fair to nobody.</object>")):
            yield "added: " + name, [(self.heading, self.heading + added)], "FAIL page article holds"
        for name in ("style", "hidden", "inert", "popover", "aria-hidden", "contenteditable", "role"):
            value = {"style": '="position: fixed"', "aria-hidden": '="true"', "role": '="presentation"'}.get(name, "")
            yield "with " + name, [('<dl class="cards">', '<dl class="cards" %s%s>' % (name, value))], "FAIL page dl.cards has the attribute " + name
        yield "a class that hides", [(self.heading, self.heading.replace('class="state ', 'class="state cr '))], "FAIL page span.state has the class cr"
        yield "a colour of the old kind", [(self.text, self.text.replace("The draft", '<font color="#fdfcf9">The draft</font>'))], "FAIL page dd.value holds font"

    # --- letters ---

    def letters(self):
        framed = '<span class="x" data-u="U+202E"><span>\u202e</span></span>'
        letter = '<span class="x" data-u="U+0065"><span>e</span></span>verybody'
        yield "words that run backwards", [(self.text, self.text.replace("everybody", '<bdo dir="rtl">everybody</bdo>'))], "FAIL page dd.value holds bdo"
        yield "a value that runs from the right", [(self.text, self.text.replace('"auto"', '"rtl"'))], 'FAIL page dd.value has dir "rtl"'
        yield "a character that reorders, out of its frame", [(framed, "\u202e")], "FAIL page there is a character that nobody sees"
        yield "the same as a reference", [(framed, "&#x202e;")], "FAIL page there is a character that nobody sees"
        yield "a name with a character without width", [(self.heading, self.heading.replace("chloe", "chl&ZeroWidthSpace;oe"))], "FAIL author"
        yield "a letter in such a frame", [(self.text, self.text.replace("everybody", letter))], "FAIL page a part of the text is hidden"
        title = re.search(r'<h2 id="d\d+-title">[^<]*<span class="x" data-u="U\+200B">', self.page)[0]
        yield "words in the frame of one", [(title, title.replace("U+200B", "approved"))], "FAIL page a part of the text is hidden"
        yield "other words for who listens", [(self.text, self.text.replace("<dd ", '<dd aria-label="Fair to nobody." '))], \
            "FAIL page dd.value has the attribute aria-label"

    # --- links ---

    def links(self):
        own = 'href="#a%s"' % self.number
        reference = re.search(r'<dt>on</dt><dd><a %s>claim [0-9a-f]{8}@1</a> The draft' % own, self.verdict)[0]
        mark = re.search(r'<mark class="claim[^>]* title="[^"]*"', self.page)[0]
        ref = re.search(r'<a class="ref"[^>]*%s[^>]*>' % own, self.page)[0]
        verdict = index_in(self.verdict)
        yield "a link out of the page", [(self.heading, self.heading.replace(own, 'href="http://hostile.test/"'))], "FAIL page a.number has href"
        yield "a link that runs something", [(self.heading, self.heading.replace(own, 'href="javascript:alert(1)"'))], "FAIL page a.number has href"
        yield "a link to nowhere", [(self.heading, self.heading.replace(own, 'href="#a9999"'))], "FAIL page a link leads to nowhere"
        yield "a link to another annotation", [(self.heading, self.heading.replace(own, 'href="#a%s"' % self.other))], "FAIL place its number"
        yield "what a verdict is on", [(self.verdict, self.verdict.replace(reference, reference.replace(own, 'href="#a%s"' % self.other)))], \
            verdict, "FAIL shown a link leads to another annotation"
        yield "the words of what it is on", [(self.verdict, self.verdict.replace(reference, reference.replace("The draft", "The lake")))], \
            verdict, "FAIL shown the record"
        yield "what a mark says", [(mark, mark.replace("by chloe", "by alice"))], "FAIL place its words are marked"
        number = re.search(r'<a class="ref"[^>]*>', self.page)[0]
        yield "words where a number is", [(number, re.sub('data-n="[0-9]+"', 'data-n="approved"', number))], "FAIL page a.ref has data-n"
        yield "a state that is none, behind words", [(number, number.replace('aria-label="', 'aria-label="court '))], "FAIL page a.ref has aria-label"
        yield "words that nobody marked", [(mark, re.sub('data-[ab]="[^"]*"', 'data-a="998.0"', mark))], "FAIL page words are marked that no annotation"
        yield "the number behind words", [(ref, ref.replace("by chloe", "by alice"))], "FAIL place the number behind its words"

    # --- what no script can tell, since it was not signed or is not there; the page says so in words ---

    def unseen(self):
        approved = self.heading.replace(">disputed<", ">approved<")
        rest = self.rated[:self.rated.index(", <b>true")] + "</p>"
        yield "a state that the server derived", self.changed((self.heading, approved)), self.claim
        yield "what its maker says of verify", self.changed((self.judged, re.sub("<b>[A-Z-]+</b>", "<b>VALID</b>", self.judged))), self.claim
        yield "dissent left out, and not counted", self.changed((self.dissent, ""), (self.rated, rest)), self.claim

# SPDX-License-Identifier: MIT
"""*Check yourself* of all handouts as a quiz: for Moodle (GIFT), and for other
systems as a package of QTI 2.1 (www.imsglobal.org/question).

A question is a handout's, the full answer is that of handouts/answers.md, and
what there is to choose from is that of handouts/key.md.
"""
import html
import io
import os
import re
import zipfile
from typing import NamedTuple

import labs


class Question(NamedTuple):
    handout: str
    title: str      # of the handout
    number: int
    text: str       # all texts are HTML
    right: str
    wrong: list
    why: str        # the full answer

    @property
    def name(self):
        return f"{self.handout}_{self.number}"


# --- from Markdown

def read(name):
    with open(os.path.join(labs.ROOT, "handouts", name + ".md"),
              encoding="utf-8") as file:
        return file.read()


def marked_up(text):
    """A text's Markdown as HTML: code, emphasis, and of links the words."""
    parts = re.split(r"`([^`]*)`", " ".join(text.split()))
    for at, part in enumerate(parts):
        part = html.escape(part, quote=False)
        if at % 2:
            parts[at] = f"<code>{part}</code>"
        else:
            part = re.sub(r"\*\*([^*]+)\*\*|\*([^*]+)\*",
                          lambda m: f"<em>{m[1] or m[2]}</em>", part)
            parts[at] = part
    return re.sub(r"\[((?:[^]\[])*)\]\([^)]*\)", r"\1", "".join(parts))


def section(text, head):
    found = re.search(rf"^## {re.escape(head)}\n(.*?)(?=^## |\Z)", text,
                      re.MULTILINE | re.DOTALL)
    if not found:
        raise labs.Failed(f"no section '{head}'")
    return found[1]


def numbered(text):
    """The items of a numbered list: {number: Markdown}."""
    return {int(number): item for number, item in re.findall(
        r"^(\d+)\. (.*(?:\n {3}.*)*)", text, re.MULTILINE)}


def questions_of(handout, text):
    if handout == "primer":
        return {int(number): item for number, item in re.findall(
            r"^\*\*Question (\d+)\.\*\* ((?:.+\n)+)", text, re.MULTILINE)}
    return numbered(section(text, "Check yourself"))


def key_of(text):
    """{number: (right, wrong answers)} of a section of the key."""
    return {int(number): (right, wrong.split("<br>"))
            for number, right, wrong in re.findall(
                r"^\| (\d+) \| (.*?) \| (.*?) \|$", text, re.MULTILINE)}


def handouts():
    """Those with questions, in the order of the answers."""
    heads = re.findall(r"^## (\w+)$", read("answers"), re.MULTILINE)
    return [(head.lower(), head) for head in heads]


def questions():
    answers, key = read("answers"), read("key")
    found = []
    for handout, head in handouts():
        text = read(handout)
        title = re.search("^# (.*)", text)[1]
        why = numbered(section(answers, head))
        options = key_of(section(key, head))
        asked = questions_of(handout, text)
        if not asked.keys() == why.keys() == options.keys():
            raise labs.Failed(f"{handout}: questions {list(asked)}, answers"
                              f" {list(why)}, key {list(options)}")
        for number, question in asked.items():
            right, wrong = options[number]
            found.append(Question(
                handout, marked_up(title), number, marked_up(question),
                marked_up(right), [marked_up(one) for one in wrong],
                marked_up(why[number])))
    if not found:
        raise labs.Failed("the answers are not here: this is a student kit")
    return found


# --- GIFT

def gift_text(text):
    return re.sub(r"([\\~=#{}:])", r"\\\1", text)


def gift(found):
    lines = ["// GIL Labs: Check yourself. Moodle: Question bank, Import, GIFT."]
    handout = None
    for question in found:
        if question.handout != handout:
            handout = question.handout
            lines += ["", f"$CATEGORY: GIL Labs/{handout}"]
        lines += ["", f"::{question.name}::[html]"
                  + gift_text(f"<p><em>{question.title}</em></p>"
                              f"<p>{question.text}</p>") + "{",
                  f"={gift_text(question.right)}"]
        lines += [f"~{gift_text(wrong)}" for wrong in question.wrong]
        lines += [f"####{gift_text(question.why)}", "}"]
    return "\n".join(lines) + "\n"


# --- QTI 2.1

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
SCHEMA = f"{QTI} http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd"
HEAD = ('<?xml version="1.0" encoding="UTF-8"?>\n<{name} xmlns="{space}"\n'
        '  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"\n'
        '  xsi:schemaLocation="{schema}"\n')

# The order of the choices is the system's: shuffle.
ITEM = HEAD.format(name="assessmentItem", space=QTI, schema=SCHEMA) + """\
  identifier="{name}" title="{title}" adaptive="false" timeDependent="false">
<responseDeclaration identifier="RESPONSE" cardinality="single"
  baseType="identifier">
<correctResponse><value>RIGHT</value></correctResponse>
</responseDeclaration>
<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float">
<defaultValue><value>0</value></defaultValue>
</outcomeDeclaration>
<outcomeDeclaration identifier="FEEDBACK" cardinality="single"
  baseType="identifier"/>
<itemBody>
<p><em>{handout}</em></p>
<choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="1">
<prompt>{text}</prompt>
{choices}
</choiceInteraction>
</itemBody>
<responseProcessing>
<responseCondition>
<responseIf>
<match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>
<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>
</responseIf>
</responseCondition>
<setOutcomeValue identifier="FEEDBACK"><baseValue baseType="identifier">WHY</baseValue></setOutcomeValue>
</responseProcessing>
<modalFeedback outcomeIdentifier="FEEDBACK" identifier="WHY" showHide="show">{why}</modalFeedback>
</assessmentItem>
"""

TEST = HEAD.format(name="assessmentTest", space=QTI, schema=SCHEMA) + """\
  identifier="GIL_LABS" title="GIL Labs: Check yourself">
<testPart identifier="ALL" navigationMode="nonlinear"
  submissionMode="individual">
{sections}
</testPart>
</assessmentTest>
"""

PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
MANIFEST = HEAD.format(
    name="manifest", space=PACKAGE,
    schema=f"{PACKAGE} http://www.imsglobal.org/xsd/imscp_v1p1.xsd") + """\
  identifier="GIL_LABS_PACKAGE">
<metadata>
<schema>QTIv2.1 Package</schema>
<schemaversion>1.0.0</schemaversion>
</metadata>
<organizations/>
<resources>
{resources}
</resources>
</manifest>
"""


def item(question):
    choices = [("RIGHT", question.right)] + [
        (f"WRONG_{number}", wrong)
        for number, wrong in enumerate(question.wrong, 1)]
    return ITEM.format(
        name=identifier(question), title=html.escape(question.name),
        handout=question.title, text=question.text, why=question.why,
        choices="\n".join(
            f'<simpleChoice identifier="{name}">{text}</simpleChoice>'
            for name, text in choices))


def identifier(question):
    """A name in XML does not begin with a digit."""
    return f"Q_{question.name}"


def sections(found):
    lines, handout = [], None
    for question in found:
        if question.handout != handout:
            if handout:
                lines.append("</assessmentSection>")
            handout = question.handout
            lines.append(f'<assessmentSection identifier="S_{handout}" title="'
                         f'{html.escape(handout)}" visible="true">')
        lines.append(f'<assessmentItemRef identifier="{identifier(question)}"'
                     f' href="{question.name}.xml"/>')
    return "\n".join(lines + ["</assessmentSection>"])


def resources(found):
    lines = ['<resource identifier="TEST" type="imsqti_test_xmlv2p1"'
             ' href="test.xml">', '<file href="test.xml"/>']
    lines += [f'<dependency identifierref="R_{question.name}"/>'
              for question in found] + ["</resource>"]
    for question in found:
        name = html.escape(f"{question.name}.xml")
        lines += [f'<resource identifier="R_{question.name}"'
                  f' type="imsqti_item_xmlv2p1" href="{name}">',
                  f'<file href="{name}"/>', "</resource>"]
    return "\n".join(lines)


def qti(found):
    """The package: a zip file's bytes."""
    files = [("imsmanifest.xml", MANIFEST.format(resources=resources(found))),
             ("test.xml", TEST.format(sections=sections(found)))]
    files += [(f"{question.name}.xml", item(question)) for question in found]
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files:
            archive.writestr(zipfile.ZipInfo(name), text.encode(),
                             zipfile.ZIP_DEFLATED)
    return data.getvalue()

// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/status_line.h"

#include "ui/style/painting.h"
#include "ui/style/text.h"

#include <QHBoxLayout>
#include <QLabel>

#include <cmath>
#include <set>

namespace shardlens::ui {

StatusLine::StatusLine(Document* document, QWidget* parent)
    : QStatusBar(parent)
    , m_document(document)
    , m_box(new QWidget)
    , m_opened(new QLabel) {
    setSizeGripEnabled(false);
    m_layout = new QHBoxLayout(m_box);
    m_layout->setContentsMargins(8, 0, 0, 0);
    m_layout->setSpacing(9);
    m_opened->setFont(style::secondaryFont(font()));
    m_opened->setForegroundRole(QPalette::PlaceholderText);
    m_opened->setContentsMargins(0, 0, 8, 0);
    addWidget(m_box);
    addPermanentWidget(m_opened);
    connect(m_document, &Document::checkpointChanged, this, &StatusLine::refresh);
    refresh();
}

void StatusLine::add(const QString& text, const QString& toolTip, bool strong) {
    if (m_layout->count() > 0) {
        auto* line = new QFrame;
        line->setFrameShape(QFrame::VLine);
        line->setForegroundRole(QPalette::Mid);
        line->setFixedHeight(14);
        m_layout->addWidget(line);
    }
    auto* label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setToolTip(toolTip);
    label->setFont(strong ? style::mediumFont(style::secondaryFont(font())) : style::secondaryFont(font()));
    if (!strong)
        label->setForegroundRole(QPalette::PlaceholderText);
    m_layout->addWidget(label);
}

void StatusLine::refresh() {
    while (QLayoutItem* item = m_layout->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_opened->clear();
    if (!m_instead.isEmpty()) {
        for (const QString& part : m_instead)
            add(part, {}, &part == &m_instead.front());
        m_opened->setText(m_insteadRight);
        return;
    }
    const CheckpointPtr checkpoint = m_document->checkpoint();
    if (!checkpoint) {
        add(tr("No checkpoint open"), {}, false);
        return;
    }
    std::set<std::uint32_t> ranks;
    for (std::uint32_t file = 0; file < checkpoint->fileCount(); ++file)
        if (const auto rank = checkpoint->file(FileId(file)).rank)
            ranks.insert(*rank);
    const auto counted = [](std::uint64_t count, const QString& one, const QString& many) {
        return count == 1 ? one : many.arg(style::grouped(count));
    };
    add(style::plain(formatTitle(checkpoint->format())), style::plain(checkpoint->facts().writer), true);
    add(counted(checkpoint->fileCount(), tr("1 file"), tr("%1 files")), {}, false);
    QString things = counted(checkpoint->tensorCount(), tr("1 tensor"), tr("%1 tensors"));
    if (checkpoint->entryCount() > 0)
        things += tr(" + %1").arg(counted(checkpoint->entryCount(), tr("1 value"), tr("%1 values")));
    add(things, {}, false);
    add(style::parametersText(checkpoint->parameters()), style::grouped(checkpoint->parameters()), false);
    add(style::bytesText(checkpoint->bytes()), style::bytesTip(checkpoint->bytes()), false);
    if (!ranks.empty())
        add(counted(ranks.size(), tr("1 rank"), tr("%1 ranks")), {}, false);
    const double seconds = m_document->opened()->seconds;
    m_opened->setText(seconds < 1 ? tr("opened in %1 ms").arg(std::lround(seconds * 1000))
                                  : tr("opened in %1 s").arg(seconds, 0, 'f', 1));
}

void StatusLine::showInstead(const QStringList& parts, const QString& right) {
    if (parts == m_instead && right == m_insteadRight)
        return;
    m_instead = parts;
    m_insteadRight = right;
    refresh();
}

QString StatusLine::text() const {
    QStringList texts;
    for (const QLabel* label : m_box->findChildren<QLabel*>())
        texts << label->text();
    texts << m_opened->text();
    return texts.join(QStringLiteral(" · "));
}

} // namespace shardlens::ui

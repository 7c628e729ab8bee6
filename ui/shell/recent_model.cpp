// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/recent_model.h"

#include "ui/document/paths.h"
#include "ui/style/icons.h"
#include "ui/style/painting.h"
#include "ui/style/text.h"

#include <QPainter>

namespace shardlens::ui {

RecentModel::RecentModel(RecentItems* items, QObject* parent) : QAbstractTableModel(parent), m_items(items) {
    connect(m_items, &RecentItems::changed, this, [this] {
        beginResetModel();
        endResetModel();
    });
}

int RecentModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_items->items().size());
}

int RecentModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant RecentModel::text(const RecentItem& item, int column) const {
    switch (column) {
    case Name:
        return item.name;
    case Kind:
        return item.files > 1
                   ? tr("%1, %2 files").arg(item.kind, style::grouped(static_cast<std::uint64_t>(item.files)))
                   : item.kind;
    case Size:
        return style::bytesText(item.bytes);
    case Folder:
        return style::plain(toPath(shownFolder(item.path)));
    case Time:
        return shownTime(item.opened, QDateTime::currentDateTime());
    default:
        return {};
    }
}

QVariant RecentModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const RecentItem& item = m_items->items()[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return text(item, index.column());
    case Qt::ToolTipRole:
        return index.column() == Size ? style::bytesTip(item.bytes)
                                      : style::toolTip(style::plain(toPath(item.path)));
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(
            Qt::Alignment(Qt::AlignVCenter) |
            (index.column() == Size || index.column() == Time ? Qt::AlignRight : Qt::AlignLeft));
    case Qt::AccessibleTextRole:
        return item.hasErrors && index.column() == Name ? tr("%1, has errors").arg(item.name)
                                                        : text(item, index.column());
    case HasErrors:
        return item.hasErrors;
    case Path:
        return item.path;
    default:
        return {};
    }
}

QVariant RecentModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Name");
    case Kind:
        return tr("Kind");
    case Size:
        return tr("Size");
    case Folder:
        return tr("Folder");
    case Time:
        return tr("Opened");
    default:
        return {};
    }
}

void RecentDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const {
    const style::Theme theme(option.palette);
    painter->save();
    const bool lit = option.state & (QStyle::State_Selected | QStyle::State_MouseOver);
    if (lit) {
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(option.state & QStyle::State_Selected
                              ? theme.selection
                              : style::mix(theme.base, theme.selection, 0.5));
        // One rounded bar over the row: only the outer cells have their ends.
        QRectF bar = option.rect;
        const bool first = index.column() == 0, last = index.column() == RecentModel::ColumnCount - 1;
        painter->setClipRect(bar);
        painter->drawRoundedRect(bar.adjusted(first ? 0 : -8, 0, last ? 0 : 8, 0), 5, 5);
    }
    const bool selected = option.state & QStyle::State_Selected;
    QRect text = option.rect.adjusted(8, 0, -8, 0);
    painter->setPen(selected ? theme.selectionText : theme.text);
    painter->setFont(option.font);
    if (index.column() == RecentModel::Name) {
        const int size = 18;
        style::icon(u"layers").paint(painter,
                                     QRect(text.left() + 4, text.center().y() - size / 2, size, size));
        text.setLeft(text.left() + 28);
        painter->setFont(style::mediumFont(option.font));
    } else if (index.column() == RecentModel::Size) {
        painter->setFont(style::mediumFont(option.font));
    } else {
        painter->setFont(style::secondaryFont(option.font));
        painter->setPen(selected ? style::mix(theme.selectionText, theme.selection, 0.25) : theme.secondary);
    }
    const QFontMetricsF metrics(painter->font());
    const bool marked = index.column() == RecentModel::Name && index.data(RecentModel::HasErrors).toBool();
    const QString all = index.data().toString();
    const QString shown = index.column() == RecentModel::Size
                              ? all
                              : style::elideMiddle(all, metrics, text.width() - (marked ? 22 : 0));
    const auto alignment = index.data(Qt::TextAlignmentRole).value<Qt::Alignment>();
    style::drawNumber(*painter, text, alignment, shown);
    if (marked) {
        const double left = text.left() + metrics.horizontalAdvance(shown) + 8;
        style::drawSeverity(*painter, QRectF(left, text.center().y() - 6, 13, 13), Severity::Error, theme);
    }
    painter->restore();
}

} // namespace shardlens::ui

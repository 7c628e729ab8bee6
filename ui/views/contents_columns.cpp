// SPDX-License-Identifier: Apache-2.0
// Which columns the tree has room for.
#include "ui/views/contents_delegate.h"
#include "ui/views/contents_view.h"

#include <QHeaderView>
#include <QTreeView>

#include <algorithm>

namespace shardlens::ui {
namespace {

constexpr int SizeWidth = 84, ShareWidth = 52, SlicesWidth = 54;
constexpr int LooksInto = 400; ///< rows that decide about columns

} // namespace

/// Columns go before names are cut: slices, type and shape, share; the size stays.
void ContentsView::dropColumns() {
    double name = 140, type = 0;
    bool sliced = false;
    int looked = 0;
    auto index = m_model->index(0, 0);
    for (; index.isValid() && looked < LooksInto; index = m_tree->indexBelow(index), ++looked) {
        const auto row = m_model->row(index);
        int depth = 1;
        for (auto up = index.parent(); up.isValid(); up = up.parent())
            ++depth;
        name = std::max(name, depth * m_tree->indentation() + m_delegate->nameWidth(font(), row));
        type = std::max(type, m_delegate->typeWidth(font(), row));
        sliced = sliced || row.slices > 1;
    }
    const int typeWidth = std::clamp(int(type), 90, 260);
    double room = m_tree->viewport()->width() - SizeWidth - name;
    const auto fits = [&room](bool wanted, int width) {
        if (!wanted || room < width)
            return false;
        room -= width;
        return true;
    };
    const bool share = fits(true, ShareWidth);
    const bool types = fits(share, typeWidth);
    const bool slices = fits(types && sliced, SlicesWidth);
    auto* header = m_tree->header();
    header->setSectionHidden(ContentsModel::Share, !share);
    header->setSectionHidden(ContentsModel::Type, !types);
    header->setSectionHidden(ContentsModel::Slices, !slices);
    header->resizeSection(ContentsModel::Size, SizeWidth);
    header->resizeSection(ContentsModel::Share, ShareWidth);
    header->resizeSection(ContentsModel::Type, typeWidth);
    header->resizeSection(ContentsModel::Slices, SlicesWidth);
}

} // namespace shardlens::ui

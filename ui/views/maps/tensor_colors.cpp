// SPDX-License-Identifier: Apache-2.0
#include "ui/views/maps/tensor_colors.h"

#include "ui/models/tensor_role.h"
#include "ui/style/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace shardlens::ui {
namespace {

constexpr std::uint32_t LooksAtSlices = 64;
constexpr std::size_t MostBranches = 12, MostShards = 16;
constexpr std::uint32_t LegendLooksAt = 20'000; ///< tensors that decide which roles and types are named

QString tr(const char* text) {
    return QCoreApplication::translate("colors", text);
}

} // namespace

TensorColors::TensorColors(NameTreePtr names, FindingMarksPtr marks, ColorMode mode,
                           const style::Theme& theme, StatisticShadesPtr shades)
    : m_names(std::move(names))
    , m_marks(std::move(marks))
    , m_shades(std::move(shades))
    , m_mode(mode)
    , m_theme(theme) {
    if (mode == ColorMode::Shard)
        m_keys = std::make_unique<ShardKeys>(*m_names->checkpoint());
    if (mode != ColorMode::Branch)
        return;
    auto branch = m_names->root();
    auto children = m_names->children(branch);
    while (children.size() == 1 && !m_names->isLeaf(children.front()))
        children = m_names->children(children.front());
    std::ranges::stable_sort(children, [this](const Branch& a, const Branch& b) {
        return m_names->sums(a).bytes > m_names->sums(b).bytes;
    });
    children.resize(std::min(children.size(), MostBranches));
    std::ranges::sort(children, {}, &Branch::begin);
    m_branches = std::move(children);
}

QColor TensorColors::ofEntry() const {
    return style::mix(m_theme.base, m_theme.text, 0.3);
}

QColor TensorColors::ofShard(TensorId id) const {
    const auto& checkpoint = *m_names->checkpoint();
    const auto tensor = checkpoint.tensor(id);
    if (tensor.sliceCount() == 0)
        return m_theme.notNamed();
    const auto first = m_keys->of(checkpoint.slice(tensor.slice(0)).file);
    for (std::uint32_t i = 1; i < std::min(tensor.sliceCount(), LooksAtSlices); ++i)
        if (m_keys->of(checkpoint.slice(tensor.slice(i)).file) != first)
            return style::mix(m_theme.base, m_theme.text, 0.22); // on several
    return first < m_keys->count() ? m_theme.ordered(first, m_keys->count()) : m_theme.notNamed();
}

QColor TensorColors::ofBranch(std::uint32_t position) const {
    const auto after = std::ranges::upper_bound(m_branches, position, {}, &Branch::begin);
    if (after == m_branches.begin() || position >= std::prev(after)->end)
        return ofEntry();
    return m_theme.role(
        static_cast<style::Role>(std::size_t(after - m_branches.begin() - 1) % style::RoleCount));
}

QColor TensorColors::of(TensorId id) const {
    const auto tensor = m_names->checkpoint()->tensor(id);
    switch (m_mode) {
    case ColorMode::Role:
        return m_theme.role(roleOf(tensor.name()));
    case ColorMode::DType:
        return style::mix(m_theme.dtype(tensor.dtype()), m_theme.base, 0.15);
    case ColorMode::Shard:
        return ofShard(id);
    case ColorMode::Branch:
        return ofBranch(m_names->position(id.value()));
    case ColorMode::Statistic:
        return m_shades ? m_shades->of(id, m_theme) : m_theme.notNamed();
    case ColorMode::Finding:
        break;
    }
    const auto severity = m_marks ? m_marks->ofPosition(m_names->position(id.value())) : std::nullopt;
    return severity ? m_theme.severity(*severity) : style::mix(m_theme.good(), m_theme.base, 0.55);
}

QColor TensorColors::ofItem(ItemIndex item) const {
    return m_names->isTensor(item) ? of(m_names->tensor(item)) : ofEntry();
}

QList<LegendItem> TensorColors::legend() const {
    QList<LegendItem> out;
    const auto& checkpoint = *m_names->checkpoint();
    const auto looked = std::min(checkpoint.tensorCount(), LegendLooksAt);
    if (m_mode == ColorMode::Role) {
        std::array<bool, style::RoleCount> there{};
        for (std::uint32_t i = 0; i < looked; ++i)
            there[std::size_t(roleOf(checkpoint.tensor(TensorId(i)).name()))] = true;
        for (std::size_t i = 0; i < there.size(); ++i)
            if (there[i])
                out.append(
                    {m_theme.role(static_cast<style::Role>(i)), roleTitle(static_cast<style::Role>(i)), {}});
    } else if (m_mode == ColorMode::DType) {
        std::vector<DType> there;
        for (std::uint32_t i = 0; i < looked; ++i)
            if (const auto dtype = checkpoint.tensor(TensorId(i)).dtype();
                std::ranges::find(there, dtype) == there.end())
                there.push_back(dtype);
        std::ranges::sort(there);
        for (const auto dtype : there)
            out.append(
                {style::mix(m_theme.dtype(dtype), m_theme.base, 0.15), style::plain(name(dtype), 32), {}});
    } else if (m_mode == ColorMode::Shard) {
        std::vector<bool> named(m_keys->count());
        for (std::uint32_t i = 0; i < checkpoint.fileCount() && out.size() < qsizetype(MostShards); ++i)
            if (const auto key = m_keys->of(FileId(i)); key < m_keys->count() && !named[key]) {
                named[key] = true;
                out.append({m_theme.ordered(key, m_keys->count()), m_keys->title(checkpoint, FileId(i)), {}});
            }
        out.append({style::mix(m_theme.base, m_theme.text, 0.22), tr("on several"), {}});
    } else if (m_mode == ColorMode::Branch) {
        for (const auto& branch : m_branches)
            out.append({ofBranch(branch.begin), style::plain(m_names->label(branch), 40), {}});
    } else if (m_mode == ColorMode::Statistic) {
        out = m_shades ? m_shades->legend(m_theme) : out;
    } else {
        out.append({m_theme.severity(Severity::Error), tr("error"), {}});
        out.append({m_theme.severity(Severity::Warning), tr("warning"), {}});
        out.append({style::mix(m_theme.good(), m_theme.base, 0.55), tr("nothing found"), {}});
    }
    return out;
}

QString colorModeTitle(ColorMode mode) {
    switch (mode) {
    case ColorMode::Role:
        return tr("Role (last name part)");
    case ColorMode::DType:
        return tr("Type");
    case ColorMode::Shard:
        return tr("Rank or file");
    case ColorMode::Branch:
        return tr("Branch");
    case ColorMode::Finding:
        return tr("Finding");
    case ColorMode::Statistic:
        return tr("Statistic");
    }
    return {};
}

} // namespace shardlens::ui

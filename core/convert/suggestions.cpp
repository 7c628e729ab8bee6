// SPDX-License-Identifier: Apache-2.0
#include "convert/suggestions.h"

#include "base/shell_quote.h"
#include "convert/optimizer_names.h"
#include "convert/renamer.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string_view>

namespace shardlens::convert {

namespace {

/// What wrappers put before every name: DistributedDataParallel and DataParallel, torch.compile, FSDP 1,
/// activation checkpointing, Lightning's strategies. No model calls its own parts so.
constexpr std::array<std::string_view, 5> Wrappers{"module.", "_orig_mod.", "_fsdp_wrapped_module.",
                                                   "_checkpoint_wrapped_module.", "_forward_module."};
/// Keys under which training scripts keep the model beside the optimizer: plain DCP and Accelerate (`model`),
/// Lightning (`state_dict`, `model`), applications wrapped for DCP (`app`).
constexpr std::array<std::string_view, 4> Holders{"app.", "state_dict.", "model_state_dict.", "model."};
/// What trainers keep beside weights and optimizer: torchtitan, torchtune, Lightning, Accelerate, Megatron.
constexpr std::array<std::string_view, 13> TrainerRoots{
    "train_state",   "trainer_state", "dataloader", "lr_scheduler", "lr_schedulers", "scheduler", "rng_state",
    "random_states", "rng",           "scaler",     "grad_scaler",  "callbacks",     "loops"};

std::string_view rootOf(std::string_view name) {
    return name.substr(0, name.find('.'));
}

bool isTrainerRoot(std::string_view root) {
    return std::ranges::find(TrainerRoots, root) != TrainerRoots.end();
}

/// Fits into a filter without quotes.
bool isPlainWord(std::string_view text) {
    return !text.empty() &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
               std::string_view::npos;
}

/// Names as Hugging Face publishes them may all begin with `model.` and want to keep it.
bool isPublished(Format format) {
    return format == Format::Safetensors || format == Format::ShardedSafetensors ||
           format == Format::DcpSafetensors || format == Format::Diffusers || format == Format::Dduf;
}

class Suggesting {
public:
    Suggesting(const Checkpoint& source, const Options& options) : m_source(source), m_options(options) {}

    Result<std::vector<Suggestion>> run(const JobContext& context) {
        // Whoever names what to take has chosen already.
        if (!m_options.include.empty() || !m_options.includeNames.empty())
            return std::vector<Suggestion>{};
        SHARDLENS_CHECK(sort(context));
        if (m_weights.empty())
            return std::vector<Suggestion>{};
        leaveOthersOut();
        Suggestion all;
        all.dropOptimizer = m_optimizer > 0 && !m_options.dropOptimizer;
        all.exclude = m_exclude;
        stripAll(all);
        if (!all.dropOptimizer && all.exclude.empty() && all.stripPrefixes.empty() && all.renames.empty())
            return std::vector<Suggestion>{};
        count(all);
        std::vector<Suggestion> out{all};
        if ((all.dropOptimizer || !all.exclude.empty()) &&
            (!all.stripPrefixes.empty() || !all.renames.empty())) {
            all.stripPrefixes.clear();
            all.renames.clear();
            out.push_back(all);
        }
        return out;
    }

private:
    struct Named {
        std::string_view name;
        std::uint64_t bytes;
    };

    Result<void> sort(const JobContext& context) {
        for (std::uint32_t i = 0; i != m_source.tensorCount(); ++i) {
            if (i % 4096 == 0)
                SHARDLENS_CHECK(context.checkStop());
            const auto tensor = m_source.tensor(TensorId(i));
            if (isOptimizerName(tensor.name())) {
                ++m_optimizer;
                m_optimizerBytes += tensor.bytes();
            } else {
                m_weights.push_back({tensor.name(), tensor.bytes()});
            }
        }
        return {};
    }

    /// Beside an optimizer or a trainer's own state, whatever stands next to the model's key is the trainer's too.
    void leaveOthersOut() {
        std::set<std::string_view> others;
        bool held = false;
        for (const auto& weight : m_weights) {
            const auto root = rootOf(weight.name);
            held = held || holder(weight.name).has_value();
            if (isTrainerRoot(root))
                others.insert(root);
        }
        // A model may have a `scaler` of its own; one beside an optimizer is the trainer's.
        m_training = m_optimizer > 0 || others.contains("train_state") || others.contains("trainer_state") ||
                     others.contains("lr_scheduler");
        if (!m_training)
            return;
        if (held && m_optimizer > 0)
            for (const auto& weight : m_weights)
                if (!holder(weight.name))
                    others.insert(rootOf(weight.name));
        if (!std::ranges::all_of(others, isPlainWord))
            return;
        for (const auto other : others) {
            std::erase_if(m_weights, [&](const Named& weight) {
                const bool goes = rootOf(weight.name) == other;
                m_others += goes;
                m_otherBytes += goes ? weight.bytes : 0;
                return goes;
            });
            for (const auto& form : {"=" + std::string(other), std::string(other) + ".*"})
                if (std::ranges::find(m_options.exclude, form) == m_options.exclude.end() && names(form))
                    m_exclude.push_back(form);
        }
    }

    /// Some tensor goes by this form of an exclusion.
    bool names(const std::string& form) const {
        for (std::uint32_t i = 0; i != m_source.tensorCount(); ++i) {
            const auto name = m_source.tensor(TensorId(i)).name();
            if (form.front() == '=' ? name == std::string_view(form).substr(1)
                                    : name.starts_with(std::string_view(form).substr(0, form.size() - 1)))
                return true;
        }
        return false;
    }

    static std::optional<std::string_view> holder(std::string_view name) {
        for (const auto key : Holders)
            if (name.starts_with(key))
                return key;
        return std::nullopt;
    }

    bool allBeginWith(std::string_view prefix) const {
        return std::ranges::all_of(m_weights,
                                   [&](const Named& weight) { return weight.name.starts_with(prefix); });
    }

    void stripAll(Suggestion& into) {
        if (m_weights.empty() || !m_options.stripPrefixes.empty() || !m_options.renames.empty())
            return;
        std::vector<std::string_view> left(Wrappers.begin(), Wrappers.end());
        if (m_training || !isPublished(m_source.format()))
            left.insert(left.end(), Holders.begin(), Holders.end());
        for (bool found = true; found;) {
            found = false;
            for (const auto prefix : left) {
                if (!allBeginWith(prefix))
                    continue;
                into.stripPrefixes.emplace_back(prefix);
                for (auto& weight : m_weights)
                    weight.name.remove_prefix(prefix.size());
                left.erase(std::ranges::find(left, prefix));
                found = true;
                break;
            }
        }
        if (std::ranges::any_of(m_weights, [](const Named& weight) { return weight.name.empty(); }))
            into.stripPrefixes.clear(); // a name would be nothing but the prefix
        unwrapWithin(into);
    }

    /// Wrappers of single layers: `layers.0._orig_mod.attention.weight`.
    void unwrapWithin(Suggestion& into) const {
        std::string pattern;
        for (const auto wrapper : {std::string_view("_orig_mod."), std::string_view("_fsdp_wrapped_module."),
                                   std::string_view("_checkpoint_wrapped_module.")}) {
            const auto within = [&](const Named& weight) {
                return weight.name.find('.' + std::string(wrapper)) != std::string_view::npos ||
                       weight.name.starts_with(wrapper);
            };
            if (std::ranges::any_of(m_weights, within))
                pattern += (pattern.empty() ? "" : "|") + std::string(wrapper.substr(0, wrapper.size() - 1));
        }
        if (pattern.empty())
            return;
        std::set<std::string> unwrapped;
        const auto renamer = Renamer::create({}, {{"\\b(" + pattern + ")\\.", ""}}, "--rename");
        for (const auto& weight : m_weights) {
            const auto name = renamer ? renamer->rename(weight.name) : Result<std::string>(std::string());
            if (!name || !unwrapped.insert(*name).second)
                return; // two tensors would get one name
        }
        into.renames.emplace_back("\\b(" + pattern + ")\\.", "");
    }

    void count(Suggestion& into) const {
        into.tensors = m_weights.size();
        for (const auto& weight : m_weights)
            into.bytes += weight.bytes;
        into.leftOut = m_optimizer + m_others;
        into.leftOutBytes = m_optimizerBytes + m_otherBytes;
    }

    const Checkpoint& m_source;
    const Options& m_options;
    std::vector<Named> m_weights;
    std::vector<std::string> m_exclude;
    std::uint64_t m_optimizer = 0, m_optimizerBytes = 0, m_others = 0, m_otherBytes = 0;
    bool m_training = false;
};

} // namespace

Options Suggestion::takenIn(Options options) const {
    options.dropOptimizer = options.dropOptimizer || dropOptimizer;
    options.exclude.insert(options.exclude.end(), exclude.begin(), exclude.end());
    options.stripPrefixes.insert(options.stripPrefixes.end(), stripPrefixes.begin(), stripPrefixes.end());
    options.renames.insert(options.renames.end(), renames.begin(), renames.end());
    return options;
}

std::string Suggestion::asArguments() const {
    std::string out;
    const auto add = [&out](const std::string& text) {
        out += (out.empty() ? "" : " ") + text;
    };
    if (dropOptimizer)
        add("--drop-optimizer");
    for (const auto& filter : exclude)
        add("--exclude " + shellQuoted(filter));
    for (const auto& prefix : stripPrefixes)
        add("--strip-prefix " + shellQuoted(prefix));
    for (const auto& rename : renames)
        add("--rename " + shellQuoted(renameOption(rename)));
    return out;
}

Result<std::vector<Suggestion>> suggest(const Checkpoint& source, const Options& options,
                                        const JobContext& context) {
    return Suggesting(source, options).run(context);
}

} // namespace shardlens::convert

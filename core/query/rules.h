// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

namespace shardlens::rules {

inline constexpr Rule FilterUnknownKey{"filter.unknown-key", Severity::Error,
                                       "\"{0}\" is no key of the filter language.",
                                       "Keys are dtype, shape, dims, rank, size, params, file, slices, has "
                                       "and storage; put a name with such a sign in "
                                       "quotes."};
inline constexpr Rule FilterBadOperator{
    "filter.bad-operator", Severity::Error, "\"{0}\" cannot be compared with \"{1}\".",
    "Comparisons work with dims, rank, size, params, slices and storage; write "
    "key:value for the others."};
inline constexpr Rule FilterEmptyValue{"filter.empty-value", Severity::Error,
                                       "A value is missing after \"{0}\".",
                                       "Write the value right after it, without a space."};
inline constexpr Rule FilterOpenQuote{
    "filter.open-quote", Severity::Error, "A quote is opened and never closed.",
    "Close it, or put a backslash before a quote that belongs to the name."};
inline constexpr Rule FilterAfterQuote{
    "filter.after-quote", Severity::Error, "Something follows a closing quote: \"{0}\".",
    "Put a space after the quote, or a backslash before a quote that belongs to the "
    "name."};
inline constexpr Rule FilterUnknownDType{
    "filter.unknown-dtype", Severity::Error, "\"{0}\" is no dtype.",
    "Dtypes are safetensors' names such as BF16, F32 or F8_E4M3, also fp16, "
    "float32, int8; unknown stands for all others."};
inline constexpr Rule FilterBadNumber{"filter.bad-number", Severity::Error, "\"{0}\" is not a whole number.",
                                      "Write digits, 1e6, or an amount such as 10M or 1.5GiB."};
inline constexpr Rule FilterBadShape{"filter.bad-shape", Severity::Error, "\"{0}\" is no shape.",
                                     "Write [4096,*]: a number or * for each dim."};
inline constexpr Rule FilterUnknownHas{"filter.unknown-has", Severity::Error, "\"has:{0}\" is not known.",
                                       "Choose has:finding, has:alias, has:slices or has:storage."};
inline constexpr Rule FilterSeveralValues{"filter.several-values", Severity::Error,
                                          "\"{0}\" takes one number, not several.",
                                          "Write two comparisons, or key:1,2,3 to choose among values."};

namespace query {
inline constexpr const Rule* all[] = {
    &FilterUnknownKey,   &FilterBadOperator, &FilterEmptyValue, &FilterOpenQuote,  &FilterAfterQuote,
    &FilterUnknownDType, &FilterBadNumber,   &FilterBadShape,   &FilterUnknownHas, &FilterSeveralValues};
} // namespace query

} // namespace shardlens::rules

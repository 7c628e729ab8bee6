// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics_csv.h"

#include "base/csv.h"

#include <fmt/format.h>

namespace shardlens {

std::string statisticsCsvTitles() {
    std::string titles =
        "name,dtype,shape,count,min,max,mean,std,l2,zeros,nan,posinf,neginf,subnormal,negative";
    for (const auto at : Figures::QuantilesAt)
        titles += fmt::format(",q{}", at);
    return titles + "\r\n";
}

std::string statisticsCsvLine(TensorView tensor, const Figures& figures) {
    std::string line = csvText(tensor.name()) + "," + csvText(tensor.dtypeName()) + "," +
                       csvText(csvDims(tensor.shape())) + "," + std::to_string(figures.count);
    for (const auto number : {figures.min, figures.max, figures.mean, figures.std, figures.l2})
        line += "," + csvNumber(number);
    for (const auto count :
         {figures.zeros, figures.nan, figures.posinf, figures.neginf, figures.subnormal, figures.negative})
        line += "," + std::to_string(count);
    for (const auto number : figures.quantiles)
        line += "," + csvNumber(number);
    return line + "\r\n";
}

} // namespace shardlens

namespace AkkaPrivacy.Hosting.Hocon.Units;

/// <summary>HOCON's size in bytes format.</summary>
internal static class HoconSize
{
    private static readonly Dictionary<string, decimal> Units = BuildUnits();

    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        return UnitText.TrySplit(text, out var number, out var unit) && number >= 0
            && Units.TryGetValue(unit, out var factor) && UnitText.TryScale(number, factor, out bytes);
    }

    private static Dictionary<string, decimal> BuildUnits()
    {
        var units = new Dictionary<string, decimal>(StringComparer.Ordinal)
        {
            [""] = 1,
        };
        Add(units, 1, "B", "b", "byte", "bytes");
        string[] decimalNames = ["kilo", "mega", "giga", "tera", "peta", "exa", "zetta", "yotta"];
        string[] binaryNames = ["kibi", "mebi", "gibi", "tebi", "pebi", "exbi", "zebi", "yobi"];
        decimal thousands = 1, powers = 1;
        for (var i = 0; i < decimalNames.Length; i++)
        {
            thousands *= 1000;
            powers *= 1024;
            var upper = "KMGTPEZY"[i].ToString();
            var lower = "kmgtpezy"[i].ToString();
            Add(units, thousands, i == 0 ? "kB" : upper + "B", decimalNames[i] + "byte", decimalNames[i] + "bytes");
            Add(units, powers, upper, lower, upper + "i", upper + "iB", binaryNames[i] + "byte", binaryNames[i] + "bytes");
        }

        return units;
    }

    private static void Add(Dictionary<string, decimal> units, decimal factor, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            units.Add(name, factor);
        }
    }
}

namespace AkkaPrivacy.Hosting.Configuration.Reading;

/// <summary>Finds the name that was probably meant.</summary>
internal static class Suggestion
{
    /// <summary>A sentence that names the nearest candidate, or none when nothing is near.</summary>
    /// <param name="name">What was found.</param>
    /// <param name="candidates">What is allowed.</param>
    /// <returns><c>; did you mean 'x'?</c> or nothing.</returns>
    public static string For(string name, IEnumerable<string> candidates) =>
        Nearest(name, candidates) is { } nearest ? $"; did you mean '{nearest}'?" : string.Empty;

    private static string? Nearest(string name, IEnumerable<string> candidates)
    {
        var limit = Math.Max(1, name.Length / 3);
        return candidates
            .Select(candidate => (candidate, Distance: Distance(Fold(name), Fold(candidate))))
            .Where(pair => pair.Distance <= limit)
            .OrderBy(pair => pair.Distance)
            .ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .Select(pair => pair.candidate)
            .FirstOrDefault();
    }

    // groupBy, group_by and group-by are one name written in three habits.
    private static string Fold(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    // Edits that turn one text into the other: insert, delete, replace, or swap two neighbours.
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                rows[i, j] = i == 0 || j == 0 ? i + j : Step(rows, a, b, i, j);
            }
        }

        return rows[a.Length, b.Length];
    }

    private static int Step(int[,] rows, string a, string b, int i, int j)
    {
        var best = Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1;
        best = Math.Min(best, rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
        var swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
        return swapped ? Math.Min(best, rows[i - 2, j - 2] + 1) : best;
    }
}

using System.Text.Json;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Connectors.SideOutputs;

/// <summary>What a file of a side output holds.</summary>
/// <param name="Letters">The places, in order.</param>
/// <param name="LeftOff">Places that runs left off because of their limit.</param>
/// <param name="Unreadable">Lines that are none of a side output: torn by a crash, or written by a build before side outputs had runs.</param>
public sealed record SideOutputPlaces(IReadOnlyList<DeadLetter> Letters, long LeftOff, long Unreadable);

/// <summary>Reads files of side outputs.</summary>
public static class SideOutputReader
{
    /// <summary>Places that are read at most; a longer file is refused.</summary>
    public const int MaxPlaces = 1_000_000;

    private static readonly Dictionary<string, DeadLetterReason> Reasons = Enum.GetValues<DeadLetterReason>()
        .ToDictionary(reason => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()));

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What it holds.</returns>
    /// <exception cref="SideOutputException">It cannot be read, or holds too many places.</exception>
    public static SideOutputPlaces Read(string path)
    {
        var letters = new List<DeadLetter>();
        var (leftOff, unreadable) = (0L, 0L);
        try
        {
            foreach (var line in File.ReadLines(path).Where(line => line.Length > 0))
            {
                switch (ReadLine(line))
                {
                    case DeadLetter letter:
                        letters.Add(letter);
                        break;
                    case long rows:
                        leftOff += rows;
                        break;
                    default:
                        unreadable++;
                        break;
                }

                if (letters.Count > MaxPlaces)
                {
                    throw new SideOutputException($"'{path}' holds more than {MaxPlaces} places; replay it in parts. Nothing was replayed.");
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SideOutputException($"'{path}' cannot be read ({exception.GetType().Name}). Nothing was replayed.");
        }

        return new SideOutputPlaces(letters, leftOff, unreadable);
    }

    // A place, a number of places that were left off, or null.
    private static object? ReadLine(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.TryGetProperty("left_off", out var leftOff))
            {
                return leftOff.EnumerateObject().Sum(reason => reason.Value.GetInt64());
            }

            return new DeadLetter(Reasons[Text(root, "reason")!], root.GetProperty("partition").GetInt32(), root.GetProperty("position").GetInt64(), Text(root, "field") ?? string.Empty)
            {
                Query = Text(root, "query"),
                Source = Text(root, "source"),
                Identity = Text(root, "identity"),
                Run = root.GetProperty("run").GetInt64(),
            };
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentNullException or OverflowException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement line, string key) => line.TryGetProperty(key, out var value) ? value.GetString() : null;
}

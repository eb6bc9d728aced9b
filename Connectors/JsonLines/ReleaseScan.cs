using System.Text.Json;

namespace AkkaPrivacy.Connectors.JsonLines;

/// <summary>What a file of releases holds.</summary>
/// <param name="Ids">Ids of its lines.</param>
/// <param name="Length">Bytes up to the end of the last good line.</param>
/// <param name="MissesLineEnd">Whether the last good line lacks its line ending.</param>
internal sealed record ReleaseScan(HashSet<string> Ids, long Length, bool MissesLineEnd)
{
    private static readonly byte[] LineStart = "{\"id\":\""u8.ToArray();

    /// <summary>Reads a file from its start.</summary>
    /// <param name="file">The file.</param>
    /// <returns>What it holds.</returns>
    /// <exception cref="FormatException">A line is no release, so the file belongs to someone else.</exception>
    public static ReleaseScan Read(Stream file)
    {
        var ids = new HashSet<string>();
        var (length, number) = (0L, 0);
        foreach (var (line, complete) in Lines(file))
        {
            number++;
            var id = TryReadId(line);
            if (id is not null)
            {
                ids.Add(id);
                length += line.Length + (complete ? 1 : 0);
                if (!complete)
                {
                    return new ReleaseScan(ids, length, true);
                }
            }
            else if (complete || !IsTornRelease(line))
            {
                throw new FormatException($"line {number} has no release id");
            }
        }

        return new ReleaseScan(ids, length, false);
    }

    /// <summary>The lines of a file from its start, without their endings.</summary>
    /// <param name="file">The file.</param>
    /// <returns>Each line, and whether it has its ending.</returns>
    public static IEnumerable<(byte[] Line, bool Complete)> Lines(Stream file)
    {
        file.Position = 0;
        var buffer = new byte[64 * 1024];
        using var line = new MemoryStream();
        int read;
        while ((read = file.Read(buffer)) > 0)
        {
            for (var start = 0; start < read;)
            {
                var end = Array.IndexOf(buffer, (byte)'\n', start, read - start);
                line.Write(buffer, start, (end < 0 ? read : end) - start);
                start = end < 0 ? read : end + 1;
                if (end >= 0)
                {
                    yield return (line.ToArray(), true);
                    line.SetLength(0);
                }
            }
        }

        if (line.Length > 0)
        {
            yield return (line.ToArray(), false);
        }
    }

    private static string? TryReadId(byte[] line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("id", out var id)
                && id.ValueKind == JsonValueKind.String
                && json.RootElement.TryGetProperty("receipt", out _) ? id.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // A torn line of ours begins as ours do, or is a run of zeros: some file systems extend a file before its data.
    private static bool IsTornRelease(byte[] line)
    {
        var compared = Math.Min(line.Length, LineStart.Length);
        return line.AsSpan(0, compared).SequenceEqual(LineStart.AsSpan(0, compared)) || !line.AsSpan().ContainsAnyExcept((byte)0);
    }
}

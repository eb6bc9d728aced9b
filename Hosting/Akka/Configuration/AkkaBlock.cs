using System.Text;
using System.Text.Json;
using Akka.Configuration;
using AkkaPrivacy.AkkaNet.Hosting;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Hosting.Hocon;

namespace AkkaPrivacy.Hosting.Akka.Configuration;

/// <summary>Hands blocks that are Akka.NET's on to it. Its own parser gets them as JSON of a tree that was read and resolved
/// before, since it hangs on, or misreads, some texts that are wrong.</summary>
internal static class AkkaBlock
{
    /// <summary>Refuses keys that settings of ours decide, and hands on the rest.</summary>
    /// <param name="root">The resolved tree.</param>
    /// <param name="context">Collects mistakes.</param>
    /// <returns>The blocks <c>akka</c> and <c>akkaprivacy.dispatchers</c>.</returns>
    public static Config Read(HoconObject root, ReadContext context)
    {
        foreach (var (key, reason) in ClusterConfiguration.DerivedKeys)
        {
            if (root.Find(Path(key)) is { } value)
            {
                context.Add(value.Origin, key, $"not set here; {reason}");
            }
        }

        var json = new StringBuilder("{");
        foreach (var (name, block) in new[] { ("akka", root.Find("akka")), ("akkaprivacy.dispatchers", root.Find("akkaprivacy", "dispatchers")) })
        {
            if (block is HoconObject map)
            {
                Check(map, name, context);
                json.Append(json.Length > 1 ? "," : string.Empty).Append(name).Append(':');
                Write(map, json);
            }
            else if (block is not null)
            {
                context.Add(block.Origin, name, "found a value; allowed is an object { ... } with settings of Akka.NET");
            }
        }

        return ConfigurationFactory.ParseString(json.Append('}').ToString());
    }

    // A key with dots of its own stands in quotes.
    private static string[] Path(string key)
    {
        var quote = key.IndexOf('"', StringComparison.Ordinal);
        return quote < 0 ? key.Split('.') : [.. key[..(quote - 1)].Split('.'), key[(quote + 1)..^1]];
    }

    // What the parser behind this cannot carry in a key is in no key of Akka.NET either.
    private static void Check(HoconObject map, string path, ReadContext context)
    {
        foreach (var (key, value) in map)
        {
            if (key.Length == 0 || key.Any(c => char.IsControl(c) || c is '"' or '\\'))
            {
                context.Add(value.Origin, path, "found a key that is empty, or holds a quote, a backslash or a control character; no setting of Akka.NET does");
            }
            else if (value is HoconObject inner)
            {
                Check(inner, $"{path}.{key}", context);
            }
        }
    }

    private static void Write(HoconValue value, StringBuilder json)
    {
        switch (value)
        {
            case HoconObject map:
                json.Append('{').AppendJoin(',', map.Where(pair => pair.Value is not HoconScalar { IsNull: true }).Select(pair => $"\"{pair.Key}\":{Text(pair.Value)}")).Append('}');
                break;
            case HoconArray array:
                json.Append('[').AppendJoin(',', array.Select(Text)).Append(']');
                break;
            default:
                json.Append(JsonSerializer.Serialize(((HoconScalar)value).Text));
                break;
        }
    }

    private static string Text(HoconValue value)
    {
        var json = new StringBuilder();
        Write(value, json);
        return json.ToString();
    }
}

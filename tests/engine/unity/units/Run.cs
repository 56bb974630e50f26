using System;
using System.Linq;
using System.Reflection;

namespace Skaldcast.Tests
{
    /// <summary>Runs every public static method of the classes whose names end in Tests.</summary>
    public static class Run
    {
        public static int Main(string[] arguments)
        {
            switch (arguments.Length > 0 ? arguments[0] : "")
            {
                case "write":
                    AllMessages.Write();
                    return 0;
                case "read":
                    AllMessages.Read();
                    return 0;
            }
            int passed = 0, failed = 0;
            var classes = typeof(Run).Assembly.GetTypes().Where(type => type.Name.EndsWith("Tests"));
            foreach (var method in classes.OrderBy(type => type.Name).SelectMany(MethodsOf))
            {
                var name = $"{method.DeclaringType.Name}.{method.Name}";
                if (arguments.Length > 0 && name.IndexOf(arguments[0], StringComparison.Ordinal) < 0)
                {
                    continue;
                }
                try
                {
                    method.Invoke(null, null);
                    passed++;
                }
                catch (TargetInvocationException error)
                {
                    failed++;
                    Console.WriteLine($"FAILED {name}: {error.InnerException}");
                }
            }
            Console.WriteLine($"{passed} passed, {failed} failed");
            return failed == 0 && passed > 0 ? 0 : 1;
        }

        private static MethodInfo[] MethodsOf(Type type) =>
            type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly);
    }

    public static class Check
    {
        public static void Equal<T>(T expected, T found)
        {
            if (!Equals(expected, found))
            {
                throw new Exception($"expected {expected}, found {found}");
            }
        }

        public static void Sequence<T>(T[] expected, System.Collections.Generic.IEnumerable<T> found)
        {
            var list = found.ToArray();
            if (!expected.SequenceEqual(list))
            {
                throw new Exception(
                    $"expected [{string.Join(", ", expected)}], found [{string.Join(", ", list)}]");
            }
        }

        public static void True(bool condition, string what = "")
        {
            if (!condition)
            {
                throw new Exception("not true: " + what);
            }
        }

        public static T Throws<T>(Action action)
            where T : Exception
        {
            try
            {
                action();
            }
            catch (T error)
            {
                return error;
            }
            throw new Exception($"no {typeof(T).Name} was thrown");
        }
    }
}
